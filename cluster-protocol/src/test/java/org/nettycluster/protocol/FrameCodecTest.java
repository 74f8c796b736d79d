package org.nettycluster.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameCodecTest {
    private static final String TOKEN = "000102030405060708090a0b0c0d0e0f";
    private static final String LOOPBACK_8080 = "04 7f000001 1f90";

    static Stream<Arguments> everyFrame() throws UnknownHostException {
        Token token = Token.parse(TOKEN);
        InetSocketAddress four = new InetSocketAddress(InetAddress.getByAddress(Bytes.of("7f000001")), 8080);
        InetSocketAddress six = new InetSocketAddress(
                Inet6Address.getByAddress(null, Bytes.of("fe800000000000000000000000000001"), 3), 0);
        InetSocketAddress mapped = new InetSocketAddress(
                Inet6Address.getByAddress(null, Bytes.of("00000000000000000000ffff7f000001"), -1), 65535);
        return Stream.of(
                Arguments.of(
                        new Hello(1, 2, new WorkerId(3, 2), token, 4711),
                        "00000025 01 0001 0002 00000003 00000002 " + TOKEN + " 0000000000001267"),
                Arguments.of(
                        new LaneHello(new WorkerId(7, 0), token, 5, 11),
                        "00000021 02 00000007 00000000 " + TOKEN + " 00000005 0000000b"),
                Arguments.of(new Welcome(65535), "00000003 03 ffff"),
                Arguments.of(
                        new Listen(9, 2, four, Map.of(ServerOption.REUSE_ADDRESS, 1, ServerOption.BACKLOG, 1024)),
                        "0000001b 04 00000009 0002 " + LOOPBACK_8080 + " 02 0001 00000400 0002 00000001"),
                Arguments.of(
                        new Listen(-1, 65535, six, Map.of()),
                        "0000001f 04 ffffffff ffff 06 fe800000000000000000000000000001 00000003 0000 00"),
                Arguments.of(
                        new Listening(9, 5, 64, four, "/dev/shm/é"),
                        "0000001f 05 00000009 00000005 40 " + LOOPBACK_8080 + " 000b 2f6465762f73686d2f c3a9 00"),
                Arguments.of(
                        new Listening(9, 5, 255, mapped, ""),
                        "00000024 05 00000009 00000005 ff 06 00000000000000000000ffff7f000001 00000000 ffff 0000 00"),
                Arguments.of(
                        new Listening(9, 5, 64, four, "", Map.of(ServerOption.EXCLUSIVE, 1, ServerOption.BACKLOG, 7)),
                        "00000020 05 00000009 00000005 40 " + LOOPBACK_8080 + " 0000 02 0001 00000007 0009 00000001"),
                Arguments.of(
                        new Listening(
                                9, 5, 8, four, "", Map.of(ServerOption.SHARED, 1), new Listening.Share("/t", 1023, 7)),
                        "00000024 05 00000009 00000005 08 " + LOOPBACK_8080
                                + " 0000 01 000b 00000001 0002 2f74 03ff 00000007"),
                Arguments.of(
                        new ListenFailed(9, 98, "Address already in use"),
                        "00000021 06 00000009 00000062 0016 4164647265737320616c726561647920696e20757365"),
                Arguments.of(new Unlisten(5), "00000005 07 00000005"),
                Arguments.of(new Ready(), "00000001 08"),
                Arguments.of(new Drain(30_000, 258), "00000011 09 0000000000007530 0000000000000102"),
                Arguments.of(new Leave(), "00000001 18"),
                Arguments.of(new Drained(513), "00000005 0a 00000201"),
                Arguments.of(new Message("text/plain", Bytes.of("6869")), "0000000f 0b 000a 746578742f706c61696e 6869"),
                Arguments.of(new Message("\ud83d\ude00", new byte[0]), "00000007 0b 0004 f09f9880"),
                Arguments.of(
                        new ListenUnix(9, "/run/é", Map.of(ServerOption.SOCKET_MODE, 0600)),
                        "00000015 12 00000009 0007 2f72756e2f c3a9 01 000c 00000180"),
                Arguments.of(new Unrecognised(200), "00000002 0c c8"),
                Arguments.of(new Part(Bytes.of("6869")), "00000003 0d 6869"),
                Arguments.of(new Part(new byte[0]), "00000001 0d"),
                Arguments.of(
                        new Request(258, 30_000, "text/plain", Bytes.of("6869")),
                        "0000001b 0e 00000102 0000000000007530 000a 746578742f706c61696e 6869"),
                Arguments.of(new Answer(-1, "", Bytes.of("00ff")), "00000009 0f ffffffff 0000 00ff"),
                Arguments.of(new RequestFailed(258, "né"), "0000000a 10 00000102 0003 6e c3a9"),
                Arguments.of(
                        new DatagramHello(
                                new WorkerId(7, 0), token, four, 258, Map.of(ServerOption.DATAGRAM_SHARED, 1)),
                        "00000029 14 00000007 00000000 " + TOKEN + " " + LOOPBACK_8080 + " 0102 01 000e 00000001"),
                Arguments.of(
                        new DatagramAnswer(98, four, "no"), "00000010 15 00000062 " + LOOPBACK_8080 + " 0002 6e6f"),
                Arguments.of(new Credit(65536), "00000005 11 00010000"),
                Arguments.of(
                        new PassedMessage(258, "text/plain", Bytes.of("6869")),
                        "00000013 16 00000102 000a 746578742f706c61696e 6869"),
                Arguments.of(new PassingNews(PassingNews.Word.TAKEN, 258), "00000006 17 03 00000102"));
    }

    @ParameterizedTest
    @MethodSource("everyFrame")
    void writesTheBytesThatAreDrawnAboveTheRecord(Frame frame, String hex) {
        assertThat(Bytes.hex(Bytes.written(frame))).isEqualTo(hex.replace(" ", ""));
    }

    @ParameterizedTest
    @MethodSource("everyFrame")
    void readsTheBytesThatAreDrawnAboveTheRecord(Frame frame, String hex) throws ProtocolException {
        byte[] bytes = Bytes.of(hex);
        assertThat(Unpooled.wrappedBuffer(bytes).readInt()).isEqualTo(bytes.length - Integer.BYTES);
        assertThat(Bytes.read(payload(bytes))).isEqualTo(frame);
    }

    @ParameterizedTest
    @MethodSource("everyFrame")
    void ignoresWhatALaterVersionAppends(Frame frame, String hex) throws ProtocolException {
        Frame read = Bytes.read(Bytes.of(hex.substring("00000000 ".length()) + "deadbeef"));
        if (body(frame).length > 0 || body(read).length > 0) {
            // Its body is the rest of the frame: nothing can ever be appended.
            assertThat(body(read)).hasSize(body(frame).length + 4);
        } else {
            assertThat(read).isEqualTo(frame);
        }
    }

    @ParameterizedTest
    @MethodSource("everyFrame")
    void refusesAFrameThatIsCutShortAnywhere(Frame frame, String hex) {
        byte[] bytes = payload(Bytes.of(hex));
        int end = bytes.length - body(frame).length;
        for (int length = 0; length < end; length++) {
            if (withoutAppendedFields(frame, end).contains(length)) {
                continue;
            }
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(ProtocolException.class)
                    .as("the first %d bytes", length)
                    .isThrownBy(() -> Bytes.read(part));
        }
    }

    private static byte[] body(Frame frame) {
        if (frame instanceof Message message) {
            return message.body();
        } else if (frame instanceof Part part) {
            return part.body();
        } else if (frame instanceof Request request) {
            return request.body();
        } else if (frame instanceof PassedMessage message) {
            return message.body();
        } else {
            return frame instanceof Answer answer ? answer.body() : new byte[0];
        }
    }

    private static Set<Integer> withoutAppendedFields(Frame frame, int length) {
        if (frame instanceof Listening listening) {
            Listening.Share share = listening.share();
            int shared = share == null ? 0 : 8 + share.turns().length();
            return Set.of(length - shared - 1 - 6 * listening.options().size());
        }
        return Set.of(frame instanceof Drain ? 9 : frame instanceof Drained ? 1 : frame instanceof LaneHello ? 29 : -1);
    }

    @Test
    void framesOfAnEarlierPeerLackTheAppendedFields() throws ProtocolException {
        assertThat(Bytes.read(Bytes.of("09 0000000000007530"))).isEqualTo(new Drain(30_000, 5000));
        assertThat(Bytes.read(Bytes.of("09 00000000000003e8"))).isEqualTo(new Drain(1000, 1000));
        assertThat(Bytes.read(Bytes.of("0a"))).isEqualTo(new Drained(0));
        assertThat(Bytes.read(Bytes.of("02 00000007 00000000 " + TOKEN + " 00000005")))
                .isEqualTo(new LaneHello(new WorkerId(7, 0), Token.parse(TOKEN), 5, LaneHello.NO_REQUEST));
        Listening listening = (Listening) Bytes.read(Bytes.of("05 00000009 00000005 40 " + LOOPBACK_8080 + " 0000"));
        assertThat(listening.options()).isEmpty();
        assertThat(listening.share()).isNull();
    }

    @Test
    void idleTimeEndsWithTheDeadline() throws ProtocolException {
        assertThat(new Drain(1000, 2000).idleMillis()).isEqualTo(1000);
        assertThat(Bytes.read(Bytes.of("09 00000000000003e8 7fffffffffffffff"))).isEqualTo(new Drain(1000, 1000));
    }

    @Test
    void scopeOfALinkLocalAddressArrives() throws ProtocolException {
        String listen = "04 00000000 0000 06 fe800000000000000000000000000001 %s 0050 00";
        assertThat(scope(listen.formatted("00000003"))).isEqualTo(3);
        assertThat(scope(listen.formatted("00000000"))).isZero();
        assertThat(scope(listen.formatted("ffffffff"))).isZero();
    }

    private static int scope(String hex) throws ProtocolException {
        Listen listen = (Listen) Bytes.read(Bytes.of(hex));
        return ((Inet6Address) listen.address().getAddress()).getScopeId();
    }

    @Test
    void unknownTypeIsAFrameOfItsOwn() throws ProtocolException {
        for (int type : new int[] {0, 19, 99, 255}) {
            assertThat(Bytes.read(new byte[] {(byte) type})).isEqualTo(new UnknownFrame(type));
            assertThat(Bytes.read(new byte[] {(byte) type, 1, 2, 3})).isEqualTo(new UnknownFrame(type));
        }
    }

    @Test
    void unknownServerOptionIsSkipped() throws ProtocolException {
        Frame read = Bytes.read(Bytes.of("04 00000000 0000 " + LOOPBACK_8080 + " 02 7fff 00000001 0005 00000004"));
        assertThat(((Listen) read).options()).isEqualTo(Map.of(ServerOption.DEFER_ACCEPT, 4));
    }

    @Test
    void everyServerOptionKeepsItsCode() {
        Map<ServerOption, Integer> all = new EnumMap<>(ServerOption.class);
        for (ServerOption option : ServerOption.values()) {
            all.put(option, option.code());
        }
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        byte[] bytes = Bytes.written(new Listen(0, 0, address, all));
        assertThat(Bytes.hex(bytes))
                .endsWith("0e" + "000100000001" + "000200000002" + "000300000003" + "000400000004" + "000500000005"
                        + "000600000006" + "000700000007" + "000800000008" + "000900000009"
                        + "000a0000000a" + "000b0000000b" + "000c0000000c" + "000d0000000d" + "000e0000000e");
        assertThat(List.of(ServerOption.values()).toString())
                .isEqualTo(
                        "[BACKLOG, REUSE_ADDRESS, RECEIVE_BUFFER, FAST_OPEN, DEFER_ACCEPT, IPV6_ONLY, FREE_BIND,"
                                + " TRANSPARENT, EXCLUSIVE, REUSE_PORT, SHARED, SOCKET_MODE, MAX_CONNECTIONS, DATAGRAM_SHARED]");
    }

    @Test
    void everyWordOfAUdpSocketKeepsItsCode() {
        StringBuilder words = new StringBuilder();
        for (int code = 0; code < 256; code++) {
            int each = code;
            DatagramWord.of(code)
                    .ifPresent(
                            word -> words.append(each).append(' ').append(word).append(' '));
        }
        assertThat(words).hasToString("1 SEND 2 TAKEN 3 YIELDED 4 CLOSED 5 TURN 6 LEAVE ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "09 ffffffffffffffff", // negative deadline
                "09 0000000000007530 ffffffffffffffff", // negative idle time
                "0a ffffffff", // negative count
                "04 00000000 0000 05 7f000001 1f90 00", // neither IPv4 nor IPv6
                "04 00000000 0000 00 7f000001 1f90 00",
                "04 00000000 0000 04 7f000001 1f90 01", // an option that is not there
                "02 00000000 00000001 " + TOKEN + " 00000005", // worker 0
                "02 ffffffff 00000001 " + TOKEN + " 00000005", // a negative worker
                "02 00000001 ffffffff " + TOKEN + " 00000005", // a negative generation
                "01 0001 0001 00000000 00000000 " + TOKEN + " 0000000000001267",
                "12 00000000 0000 00", // a path that is not absolute
                "12 00000000 0001 61 00",
                "12 00000000 0003 2f0061 00",
                "12 00000000 1001", // a string longer than 4096
                "0b 0001 ff", // no UTF-8
                "0b 0002 c080",
                "0b 0003 eda080",
                "06 00000000 00000000 1001", // a string longer than 4096
                "0b 0100", // a content type longer than 255
                "0e 00000001 ffffffffffffffff 0000", // negative patience
                "0e 00000001 0000000000000001 0100",
                "0f 00000001 0100",
                "10 00000001 1001",
                "11 ffffffff", // negative credit
            })
    void refusesWhatNoPeerOfOursSays(String hex) {
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> Bytes.read(Bytes.of(hex)))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(TOKEN));
    }

    @Test
    void stringsEndAtTheirLimitOnBothSides() throws ProtocolException {
        String longest = "x".repeat(4094) + "é";
        ListenFailed failed = new ListenFailed(1, 2, longest);
        assertThat(Bytes.read(payload(Bytes.written(failed)))).isEqualTo(failed);
        refusesToWrite(new ListenFailed(1, 2, longest + "x"), "4097 bytes");

        // The limit is a number of bytes, not of characters, and is looked at before the bytes are.
        byte[] present = new byte[1 + 4 + 4 + 2 + 4097];
        present[0] = 6;
        present[9] = 0x10;
        present[10] = 0x01;
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> Bytes.read(present))
                .withMessageContaining("4097 bytes, at most 4096");
        present[10] = 0x00;
        assertThat(Bytes.read(present)).isEqualTo(new ListenFailed(0, 0, "\0".repeat(4096)));
    }

    @Test
    void messagesEndAtTheirLimitOnBothSides() throws ProtocolException {
        Message longest = new Message("c".repeat(255), new byte[Message.MAX_BODY]);
        byte[] bytes = Bytes.written(longest);
        assertThat(bytes.length - Integer.BYTES).isLessThanOrEqualTo(FrameCodec.MAX_FRAME);
        assertThat(Bytes.read(payload(bytes))).isEqualTo(longest);

        refusesToWrite(new Message("c".repeat(256), new byte[0]), "256 bytes");
        refusesToWrite(new Message("", new byte[Message.MAX_BODY + 1]), Message.MAX_BODY + 1 + " bytes");
        for (int type : new int[] {11, 13, 14, 15}) {
            byte[] present = new byte[1 + 4 + 8 + 2 + Message.MAX_BODY + 1];
            present[0] = (byte) type;
            assertThatExceptionOfType(ProtocolException.class)
                    .isThrownBy(() -> Bytes.read(present))
                    .withMessageContaining("at most " + Message.MAX_BODY);
        }
    }

    private static Listening shared(InetSocketAddress address, Listening.Share share) {
        return new Listening(0, 0, 8, address, "", Map.of(ServerOption.SHARED, 1), share);
    }

    @Test
    void refusesToWriteWhatWouldBeReadAsSomethingElse() {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        refusesToWrite(new Welcome(-1), "version -1");
        refusesToWrite(new Welcome(65536), "version 65536");
        refusesToWrite(new Hello(65536, 1, new WorkerId(1, 1), Token.random(), 1), "oldest version 65536");
        refusesToWrite(new Hello(1, -1, new WorkerId(1, 1), Token.random(), 1), "newest version -1");
        refusesToWrite(new Listen(0, 65536, address, Map.of()), "ordinal 65536");
        refusesToWrite(new Listening(0, 0, 256, address, ""), "window 256");
        refusesToWrite(shared(address, new Listening.Share("", 65536, 0)), "place 65536");
        refusesToWrite(shared(address, new Listening.Share("", 0, -1)), "limit -1");
        refusesToWrite(new Listening(0, 0, 8, InetSocketAddress.createUnresolved("host", 1), ""), "not resolved");
        refusesToWrite(new Unrecognised(256), "type 256");
        refusesToWrite(new Drain(-1), "-1 ms is negative");
        refusesToWrite(new Drain(1, -2), "-2 ms is negative");
        refusesToWrite(new Drained(-1), "forced -1");
        refusesToWrite(new Part(new byte[Message.MAX_BODY + 1]), Message.MAX_BODY + 1 + " bytes");
        refusesToWrite(new Request(1, -1, "", new byte[0]), "patience -1 ms is negative");
        refusesToWrite(new Request(1, 1, "c".repeat(256), new byte[0]), "256 bytes");
        refusesToWrite(new Answer(1, "", new byte[Message.MAX_BODY + 1]), Message.MAX_BODY + 1 + " bytes");
        refusesToWrite(new RequestFailed(1, "x".repeat(4097)), "4097 bytes");
        refusesToWrite(new Credit(-1), "credit -1");
        refusesToWrite(new PassedMessage(1, "c".repeat(256), new byte[0]), "256 bytes");
        refusesToWrite(new PassedMessage(1, "", new byte[Message.MAX_BODY + 1]), Message.MAX_BODY + 1 + " bytes");
        refusesToWrite(new UnknownFrame(77), "never sent");
    }

    @Test
    void aWordOfALaterVersionMeansNothing() throws ProtocolException {
        assertThat(FrameCodec.read(io.netty.buffer.Unpooled.wrappedBuffer(Bytes.of("174d00000102"))))
                .isEqualTo(new PassingNews(PassingNews.Word.UNKNOWN, 258));
    }

    @Test
    void anAddressIsResolvedInTheWorker() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Listen(0, 0, InetSocketAddress.createUnresolved("host", 1), Map.of()))
                .withMessageContaining("not resolved");
    }

    @Test
    void firstFramesFitIntoWhatAStrangerGets() {
        Token token = Token.random();
        WorkerId worker = new WorkerId(Integer.MAX_VALUE, Integer.MAX_VALUE);
        assertThat(Bytes.written(new Hello(0xffff, 0xffff, worker, token, Long.MAX_VALUE)))
                .hasSizeLessThanOrEqualTo(FrameCodec.MAX_FIRST_FRAME);
        assertThat(Bytes.written(new LaneHello(worker, token, Integer.MAX_VALUE, Integer.MAX_VALUE)))
                .hasSizeLessThanOrEqualTo(FrameCodec.MAX_FIRST_FRAME);
        Map<ServerOption, Integer> all = new EnumMap<>(ServerOption.class);
        for (ServerOption option : ServerOption.values()) {
            all.put(option, 1);
        }
        assertThat(Bytes.written(new DatagramHello(worker, token, new InetSocketAddress("::1", 1), 0xffff, all)))
                .hasSizeLessThanOrEqualTo(FrameCodec.MAX_FIRST_FRAME);
    }

    @Test
    void framesNeverPrintATokenOrABody() {
        Token token = Token.parse(TOKEN);
        assertThat(new Hello(1, 1, new WorkerId(1, 1), token, 1).toString()).doesNotContain(TOKEN);
        assertThat(new LaneHello(new WorkerId(1, 1), token, 1, 1).toString()).doesNotContain(TOKEN);
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", 1);
        assertThat(new DatagramHello(new WorkerId(1, 1), token, address, 0, Map.of()).toString())
                .doesNotContain(TOKEN);
        assertThat(new Message("text/plain", new byte[] {97})).hasToString("Message[text/plain, 1 bytes]");
    }

    private static void refusesToWrite(Frame frame, String why) {
        ByteBuf out = Unpooled.buffer().writeByte(42);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameCodec.write(frame, out))
                .withMessageContaining(why);
        assertThat(out.readableBytes()).as("bytes after a refusal").isEqualTo(1);
    }

    private static byte[] payload(byte[] withLength) {
        return Arrays.copyOfRange(withLength, Integer.BYTES, withLength.length);
    }
}
