package org.nettycluster.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;

/**
 * Writes and reads {@link Frame}s. Stateless; any thread. Reading throws {@link ProtocolException} and nothing else,
 * whatever the bytes.
 */
public final class FrameCodec {
    /** Longest frame, type and payload, in bytes: the master's memory for a peer is bounded by it. */
    public static final int MAX_FRAME = 64 * 1024;
    /** Longest first frame: until a peer has proved who it is, it gets no more. */
    public static final int MAX_FIRST_FRAME = 256;

    private static final int HELLO = 1;
    private static final int LANE_HELLO = 2;
    private static final int WELCOME = 3;
    private static final int LISTEN = 4;
    private static final int LISTENING = 5;
    private static final int LISTEN_FAILED = 6;
    private static final int UNLISTEN = 7;
    private static final int READY = 8;
    private static final int DRAIN = 9;
    private static final int DRAINED = 10;
    private static final int UNRECOGNISED = 12;
    private static final int LISTEN_UNIX = ListenUnix.TYPE;
    private static final int DATAGRAM_HELLO = 20;
    private static final int DATAGRAM_ANSWER = 21;

    /** Longest text, in bytes of UTF-8. */
    static final int MAX_TEXT = 4096;

    private FrameCodec() {}

    /**
     * Appends the frame, its length in front.
     *
     * @throws IllegalArgumentException if a field is longer or larger than the protocol allows: the caller's mistake;
     *     nothing is appended
     */
    public static void write(Frame frame, ByteBuf out) {
        int start = out.writerIndex();
        try {
            out.writeInt(0);
            append(frame, out);
            out.setInt(start, out.writerIndex() - start - Integer.BYTES);
        } catch (RuntimeException e) {
            out.writerIndex(start);
            throw e;
        }
    }

    private static void append(Frame frame, ByteBuf out) {
        if (frame instanceof Hello hello) {
            out.writeByte(HELLO)
                    .writeShort(unsigned("oldest version", hello.oldest(), 0xffff))
                    .writeShort(unsigned("newest version", hello.newest(), 0xffff));
            writeIdentity(hello.worker(), hello.token(), out);
            out.writeLong(hello.pid());
        } else if (frame instanceof LaneHello hello) {
            out.writeByte(LANE_HELLO);
            writeIdentity(hello.worker(), hello.token(), out);
            out.writeInt(hello.listener()).writeInt(hello.request());
        } else if (frame instanceof Welcome welcome) {
            out.writeByte(WELCOME).writeShort(unsigned("version", welcome.version(), 0xffff));
        } else if (frame instanceof Listen listen) {
            out.writeByte(LISTEN).writeInt(listen.request()).writeShort(unsigned("ordinal", listen.ordinal(), 0xffff));
            AddressCodec.write(listen.address(), out);
            writeOptions(listen.options(), out);
        } else if (frame instanceof ListenUnix listen) {
            out.writeByte(LISTEN_UNIX).writeInt(listen.request());
            writeString(listen.path(), MAX_TEXT, out);
            writeOptions(listen.options(), out);
        } else if (frame instanceof Listening listening) {
            out.writeByte(LISTENING).writeInt(listening.request()).writeInt(listening.listener());
            out.writeByte(unsigned("window", listening.window(), 0xff));
            AddressCodec.write(listening.address(), out);
            writeString(listening.page(), MAX_TEXT, out);
            writeOptions(listening.options(), out);
            if (listening.share() != null) {
                writeString(listening.share().turns(), MAX_TEXT, out);
                out.writeShort(unsigned("place", listening.share().place(), 0xffff))
                        .writeInt(unsigned("limit", listening.share().limit(), Integer.MAX_VALUE));
            }
        } else if (frame instanceof ListenFailed failed) {
            out.writeByte(LISTEN_FAILED).writeInt(failed.request()).writeInt(failed.errno());
            writeString(failed.text(), MAX_TEXT, out);
        } else if (frame instanceof Unlisten unlisten) {
            out.writeByte(UNLISTEN).writeInt(unlisten.listener());
        } else if (frame instanceof Ready) {
            out.writeByte(READY);
        } else if (frame instanceof Drain drain) {
            if (drain.deadlineMillis() < 0) {
                throw new IllegalArgumentException("drain deadline " + drain.deadlineMillis() + " ms is negative");
            }
            if (drain.idleMillis() < 0) {
                throw new IllegalArgumentException("drain idle time " + drain.idleMillis() + " ms is negative");
            }
            out.writeByte(DRAIN).writeLong(drain.deadlineMillis()).writeLong(drain.idleMillis());
        } else if (frame instanceof Drained drained) {
            out.writeByte(DRAINED).writeInt(unsigned("forced", drained.forced(), Integer.MAX_VALUE));
        } else if (frame instanceof MessageFrame message) {
            MessageCodec.append(message, out);
        } else if (frame instanceof DatagramHello hello) {
            out.writeByte(DATAGRAM_HELLO);
            writeIdentity(hello.worker(), hello.token(), out);
            AddressCodec.write(hello.address(), out);
            out.writeShort(unsigned("ordinal", hello.ordinal(), 0xffff));
            writeOptions(hello.options(), out);
        } else if (frame instanceof DatagramAnswer answer) {
            out.writeByte(DATAGRAM_ANSWER).writeInt(answer.errno());
            AddressCodec.write(answer.address(), out);
            writeString(answer.text(), MAX_TEXT, out);
        } else if (frame instanceof Leave) {
            out.writeByte(Leave.TYPE);
        } else if (frame instanceof Unrecognised unrecognised) {
            out.writeByte(UNRECOGNISED).writeByte(unsigned("type", unrecognised.type(), 0xff));
        } else {
            throw new IllegalArgumentException("frame " + frame + " is never sent");
        }
    }

    /**
     * Reads one frame, without its length, to the end of the buffer. Takes no ownership.
     *
     * @throws ProtocolException if a field is missing, too long, out of its range or not UTF-8
     */
    public static Frame read(ByteBuf in) throws ProtocolException {
        try {
            int type = in.readUnsignedByte();
            return switch (type) {
                case HELLO -> {
                    int oldest = in.readUnsignedShort();
                    int newest = in.readUnsignedShort();
                    yield new Hello(oldest, newest, readWorker(in), readToken(in), in.readLong());
                }
                case LANE_HELLO ->
                    new LaneHello(
                            readWorker(in),
                            readToken(in),
                            in.readInt(),
                            in.isReadable() ? in.readInt() : LaneHello.NO_REQUEST);
                case WELCOME -> new Welcome(in.readUnsignedShort());
                case LISTEN -> readListen(in);
                case LISTEN_UNIX -> new ListenUnix(in.readInt(), readString(MAX_TEXT, in), readOptions(in));
                case LISTENING -> readListening(in);
                case LISTEN_FAILED -> new ListenFailed(in.readInt(), in.readInt(), readString(MAX_TEXT, in));
                case UNLISTEN -> new Unlisten(in.readInt());
                case READY -> new Ready();
                case DRAIN -> readDrain(in);
                case DRAINED -> new Drained(in.isReadable() ? unsigned("forced", in.readInt(), Integer.MAX_VALUE) : 0);
                case Leave.TYPE -> new Leave();
                case UNRECOGNISED -> new Unrecognised(in.readUnsignedByte());
                case DATAGRAM_HELLO ->
                    new DatagramHello(
                            readWorker(in),
                            readToken(in),
                            AddressCodec.read(in),
                            in.readUnsignedShort(),
                            readOptions(in));
                case DATAGRAM_ANSWER ->
                    new DatagramAnswer(in.readInt(), AddressCodec.read(in), readString(MAX_TEXT, in));
                default -> {
                    MessageFrame said = MessageCodec.read(type, in);
                    yield said == null ? new UnknownFrame(type) : said;
                }
            };
        } catch (IndexOutOfBoundsException e) {
            throw new ProtocolException("frame is cut short");
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("frame holds a value out of range: " + e.getMessage());
        }
    }

    private static Listen readListen(ByteBuf in) throws ProtocolException {
        int request = in.readInt();
        int ordinal = in.readUnsignedShort();
        InetSocketAddress address = AddressCodec.read(in);
        return new Listen(request, ordinal, address, readOptions(in));
    }

    private static Listening readListening(ByteBuf in) throws ProtocolException {
        int request = in.readInt();
        int listener = in.readInt();
        int window = in.readUnsignedByte();
        InetSocketAddress address = AddressCodec.read(in);
        String page = readString(MAX_TEXT, in);
        Map<ServerOption, Integer> options = in.isReadable() ? readOptions(in) : Map.of();
        Listening.Share share = Listening.isShared(options)
                ? new Listening.Share(
                        readString(MAX_TEXT, in),
                        in.readUnsignedShort(),
                        unsigned("limit", in.readInt(), Integer.MAX_VALUE))
                : null;
        return new Listening(request, listener, window, address, page, options, share);
    }

    private static void writeOptions(Map<ServerOption, Integer> options, ByteBuf out) {
        out.writeByte(options.size());
        options.forEach((option, value) -> out.writeShort(option.code()).writeInt(value));
    }

    private static Map<ServerOption, Integer> readOptions(ByteBuf in) {
        int count = in.readUnsignedByte();
        Map<ServerOption, Integer> options = new EnumMap<>(ServerOption.class);
        for (int i = 0; i < count; i++) {
            int code = in.readUnsignedShort();
            int value = in.readInt();
            // An option of a later version: the other side will do without it.
            ServerOption.of(code).ifPresent(option -> options.put(option, value));
        }
        return options;
    }

    // Appended fields are there as a whole or not at all.
    private static Drain readDrain(ByteBuf in) throws ProtocolException {
        long deadline = in.readLong();
        if (deadline < 0) {
            throw new ProtocolException("drain deadline " + deadline + " ms is negative");
        }
        if (!in.isReadable()) {
            return new Drain(deadline);
        }
        long idle = in.readLong();
        if (idle < 0) {
            throw new ProtocolException("drain idle time " + idle + " ms is negative");
        }
        return new Drain(deadline, idle);
    }

    static int unsigned(String field, int value, int max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(field + " " + value + " must be 0 to " + max);
        }
        return value;
    }

    private static void writeIdentity(WorkerId worker, Token token, ByteBuf out) {
        out.writeInt(worker.number()).writeInt(worker.generation()).writeBytes(token.bytes());
    }

    private static WorkerId readWorker(ByteBuf in) {
        return new WorkerId(in.readInt(), in.readInt());
    }

    private static Token readToken(ByteBuf in) {
        byte[] value = new byte[Token.BYTES];
        in.readBytes(value);
        return Token.of(value);
    }

    static void writeString(String text, int limit, ByteBuf out) {
        int length = ByteBufUtil.utf8Bytes(text);
        if (length > limit) {
            throw new IllegalArgumentException("string has " + length + " bytes, at most " + limit);
        }
        out.writeShort(length);
        ByteBufUtil.writeUtf8(out, text);
    }

    static String readString(int limit, ByteBuf in) throws ProtocolException {
        int length = in.readUnsignedShort();
        if (length > limit) {
            throw new ProtocolException("string has " + length + " bytes, at most " + limit);
        }
        ByteBuffer bytes = in.readSlice(length).nioBuffer();
        try {
            // A decoder of its own reports what a String would replace: two names never become one.
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new ProtocolException("string of " + length + " bytes is not UTF-8");
        }
    }
}
