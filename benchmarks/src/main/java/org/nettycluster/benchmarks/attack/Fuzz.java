package org.nettycluster.benchmarks.attack;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nettycluster.protocol.Answer;
import org.nettycluster.protocol.Credit;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Drained;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.Hello;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenFailed;
import org.nettycluster.protocol.ListenUnix;
import org.nettycluster.protocol.Message;
import org.nettycluster.protocol.MessageFrame;
import org.nettycluster.protocol.Part;
import org.nettycluster.protocol.PassedMessage;
import org.nettycluster.protocol.PassingNews;
import org.nettycluster.protocol.ProtocolException;
import org.nettycluster.protocol.Ready;
import org.nettycluster.protocol.Request;
import org.nettycluster.protocol.RequestFailed;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.Unlisten;
import org.nettycluster.protocol.Unrecognised;
import org.nettycluster.protocol.Welcome;
import org.nettycluster.protocol.WorkerId;

/** Frames, their length in front, that nobody of ours would send now: whole and odd, injured, or noise. One thread. */
final class Fuzz {
    private static final List<PassingNews.Word> WORDS = List.of(PassingNews.Word.values());

    private static final int LISTEN = 4;
    /** No directory, so that nothing is bound there, whatever follows. */
    private static final String NO_DIRECTORY = "/dev/null/";
    /** 1 to 4: the first port 0 is that of the workers that do no wrong, whose clients are not ours to harm. */
    private static final int ORDINALS = 4;

    private static final List<InetAddress> HOSTS =
            List.of(host(127, 0, 0, 1), host(127, 0, 0, 2), host(203, 0, 113, 1));

    private final Random random;

    Fuzz(Random random) {
        this.random = random;
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    int number(int below) {
        return random.nextInt(below);
    }

    byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Whole, and maybe out of place; of what a worker may say more than of the others. */
    Frame odd() {
        return switch (random.nextInt(25)) {
            case 0 -> new LaneHello(worker(), token(), random.nextInt(), random.nextInt());
            case 1 -> new Welcome(random.nextInt(0x10000));
            case 2, 3, 4 -> listen();
            case 5 -> new ListenFailed(random.nextInt(), random.nextInt(), "no");
            case 6, 7 -> new Unlisten(random.nextInt(20));
            case 8 -> new Ready();
            case 9 -> new Drain(random.nextLong() >>> 1, random.nextLong() >>> 1);
            case 10 -> new Drained(random.nextInt() >>> 1);
            case 11, 12 -> new Message("text/plain", body());
            case 13 -> hello();
            case 14, 15 -> new Part(body());
            case 16 -> new Request(random.nextInt(), random.nextInt(10_000), "text/plain", body());
            case 17 -> new Answer(random.nextInt(), "text/plain", body());
            case 18 -> new RequestFailed(random.nextInt(), "no");
            case 19 -> new Credit(random.nextInt() >>> 1);
            case 20 -> new ListenUnix(random.nextInt(), NO_DIRECTORY + "s".repeat(random.nextInt(300)), options());
            case 21 -> new PassedMessage(random.nextInt(3), "text/plain", body());
            case 22 -> new PassingNews(WORDS.get(random.nextInt(WORDS.size())), random.nextInt(3));
            default -> new Unrecognised(random.nextInt(256));
        };
    }

    private byte[] body() {
        return noise(random.nextInt(10) == 0 ? 20_000 : random.nextInt(60));
    }

    /** Whole, and such that a worker may send it at any time: it costs nothing. */
    Frame harmless() {
        while (true) {
            Frame frame = odd();
            if (frame instanceof Listen
                    || frame instanceof ListenUnix
                    || frame instanceof Unlisten
                    || frame instanceof Ready
                    || frame instanceof Drained
                    || frame instanceof MessageFrame
                    || frame instanceof Unrecognised) {
                return frame;
            }
        }
    }

    Hello hello() {
        return new Hello(random.nextInt(4), random.nextInt(4), worker(), token(), random.nextLong());
    }

    /** Of a type that no version has yet. */
    byte[] unknown() {
        byte[] bytes = noise(5 + random.nextInt(40));
        length(bytes, bytes.length - 4);
        bytes[4] = (byte) (100 + random.nextInt(150));
        return bytes;
    }

    /** What a broken peer, or a cleverer one, might send. */
    byte[] bad(Frame whole) {
        while (true) {
            byte[] bytes = chance(20) ? noise(1 + random.nextInt(300)) : bytes(whole);
            if (bytes.length > 4 && chance(70)) {
                // Its length is right, or nearly.
                length(bytes, bytes.length - 4);
            }
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                bytes = injured(bytes);
            }
            if (isTame(bytes)) {
                return bytes;
            }
        }
    }

    static byte[] bytes(Frame frame) {
        ByteBuf buffer = Unpooled.buffer();
        FrameCodec.write(frame, buffer);
        return ByteBufUtil.getBytes(buffer);
    }

    private byte[] injured(byte[] bytes) {
        if (bytes.length == 0) {
            return noise(1 + random.nextInt(8));
        }
        int at = random.nextInt(bytes.length);
        byte[] copy = bytes.clone();
        switch (random.nextInt(6)) {
            case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> copy[at] = (byte) (random.nextBoolean() ? 0xff : 0);
            case 2 -> copy = Arrays.copyOf(bytes, at);
            case 3 -> copy = joined(bytes, at, noise(1 + random.nextInt(6)), at);
            case 4 -> copy = joined(bytes, at, new byte[0], Math.min(bytes.length, at + 1 + random.nextInt(4)));
            default -> copy = joined(bytes, at, bytes(odd()), bytes.length);
        }
        return copy;
    }

    private static byte[] joined(byte[] bytes, int at, byte[] middle, int from) {
        byte[] all = Arrays.copyOf(bytes, at + middle.length + bytes.length - from);
        System.arraycopy(middle, 0, all, at, middle.length);
        System.arraycopy(bytes, from, all, at + middle.length, bytes.length - from);
        return all;
    }

    private static void length(byte[] bytes, int length) {
        bytes[0] = (byte) (length >> 24);
        bytes[1] = (byte) (length >> 16);
        bytes[2] = (byte) (length >> 8);
        bytes[3] = (byte) length;
    }

    /** Binds only what {@link #listen} may bind: no port that somebody else may want, and all can be given back. */
    private static boolean isTame(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        while (in.readableBytes() > 4) {
            int length = in.readInt();
            if (length < 0 || length > in.readableBytes()) {
                return true;
            }
            ByteBuf frame = in.readSlice(length);
            int type = length > 0 ? frame.getByte(frame.readerIndex()) : 0;
            if (type == LISTEN || type == ListenUnix.TYPE) {
                try {
                    Frame read = FrameCodec.read(frame);
                    if ((read instanceof Listen listen && !isTame(listen))
                            || (read instanceof ListenUnix at && !at.path().startsWith(NO_DIRECTORY))) {
                        return false;
                    }
                } catch (ProtocolException e) {
                    return true;
                }
            }
        }
        return true;
    }

    private static boolean isTame(Listen listen) {
        byte[] address = listen.address().getAddress().getAddress();
        return listen.address().getPort() == 0
                && listen.ordinal() >= 1
                && listen.ordinal() <= ORDINALS
                && HOSTS.stream().anyMatch(host -> Arrays.equals(host.getAddress(), address));
    }

    /** Every address that {@link #listen} may bind. */
    static List<Listen> everyListen() {
        List<Listen> all = new ArrayList<>();
        for (InetAddress host : HOSTS) {
            for (int ordinal = 1; ordinal <= ORDINALS; ordinal++) {
                all.add(new Listen(all.size(), ordinal, new InetSocketAddress(host, 0), Map.of()));
            }
        }
        return all;
    }

    private Map<ServerOption, Integer> options() {
        Map<ServerOption, Integer> options = new EnumMap<>(ServerOption.class);
        for (ServerOption option : ServerOption.values()) {
            if (option != ServerOption.FREE_BIND && random.nextInt(8) == 0) {
                options.put(option, random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(3));
            }
        }
        return options;
    }

    private Listen listen() {
        return new Listen(
                random.nextInt(),
                1 + random.nextInt(ORDINALS),
                new InetSocketAddress(HOSTS.get(random.nextInt(HOSTS.size())), 0),
                options());
    }

    private static InetAddress host(int... parts) {
        byte[] bytes = new byte[parts.length];
        for (int i = 0; i < parts.length; i++) {
            bytes[i] = (byte) parts[i];
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private WorkerId worker() {
        return new WorkerId(1 + random.nextInt(6), random.nextInt(3));
    }

    private Token token() {
        return Token.of(noise(Token.BYTES));
    }
}
