package org.nettycluster.protocol;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/** Valid frames of every type, and bytes that resemble them. */
final class RandomFrames {
    private static final int[] INTERESTING = {0, 1, 4, 6, 0x7f, 0x80, 0xff};

    private final Random random;

    RandomFrames(Random random) {
        this.random = random;
    }

    Frame frame() {
        return switch (random.nextInt(23)) {
            case 22 -> new DatagramHello(worker(), token(), address(), unsigned16(), options());
            case 21 -> new DatagramAnswer(random.nextInt(), address(), text(200));
            case 0 -> new Hello(unsigned16(), unsigned16(), worker(), token(), random.nextLong());
            case 1 -> new LaneHello(worker(), token(), random.nextInt(), random.nextInt());
            case 2 -> new Welcome(unsigned16());
            case 3 -> new Listen(random.nextInt(), unsigned16(), address(), options());
            case 4 -> listening();
            case 5 -> new ListenFailed(random.nextInt(), random.nextInt(), text(200));
            case 6 -> new Unlisten(random.nextInt());
            case 7 -> new Ready();
            case 8 -> new Drain(random.nextLong() >>> 1, random.nextLong() >>> 1);
            case 9 -> new Drained(random.nextInt() >>> 1);
            case 10 -> new Message(text(50), body());
            case 11 -> new Part(body());
            case 12 -> new Request(random.nextInt(), random.nextLong() >>> 1, text(50), body());
            case 13 -> new Answer(random.nextInt(), text(50), body());
            case 14 -> new RequestFailed(random.nextInt(), text(200));
            case 15 -> new Credit(random.nextInt() >>> 1);
            case 16 -> new Leave();
            case 17 -> new ListenUnix(random.nextInt(), "/" + text(200).replace('\0', '-'), options());
            case 18 -> new PassedMessage(random.nextInt(), text(50), body());
            case 19 ->
                new PassingNews(
                        PassingNews.Word.values()[random.nextInt(PassingNews.Word.values().length)], random.nextInt());
            default -> new Unrecognised(random.nextInt(256));
        };
    }

    private Listening listening() {
        Map<ServerOption, Integer> options = new EnumMap<>(ServerOption.class);
        options.putAll(options());
        Listening.Share share = null;
        if (random.nextBoolean()) {
            options.put(ServerOption.SHARED, 1 + random.nextInt(9));
            share = new Listening.Share(text(50), unsigned16(), random.nextInt() >>> 1);
        } else {
            options.remove(ServerOption.SHARED);
        }
        return new Listening(
                random.nextInt(), random.nextInt(), random.nextInt(256), address(), text(200), options, share);
    }

    /** One to four small injuries: what a broken peer, or a cleverer one, might send. */
    byte[] injured(byte[] valid) {
        byte[] bytes = valid;
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            bytes = injuredOnce(bytes);
        }
        return bytes;
    }

    private byte[] injuredOnce(byte[] bytes) {
        if (bytes.length == 0) {
            return bytes(1 + random.nextInt(8));
        }
        int at = random.nextInt(bytes.length);
        return switch (random.nextInt(7)) {
            case 0 -> with(bytes, at, bytes[at] ^ 1 << random.nextInt(8));
            case 1 -> with(bytes, at, INTERESTING[random.nextInt(INTERESTING.length)]);
            case 2 -> spliced(bytes, at, new byte[0], bytes.length); // cut off
            case 3 -> spliced(bytes, at, new byte[0], Math.min(bytes.length, at + 1 + random.nextInt(4))); // taken out
            case 4 -> spliced(bytes, at, bytes(1 + random.nextInt(6)), at); // put in
            case 5 ->
                spliced(bytes, at, filled((byte) (random.nextBoolean() ? 0xff : 0)), Math.min(bytes.length, at + 4));
            default -> {
                byte[] other = Bytes.written(frame());
                yield spliced(bytes, at, other, bytes.length);
            }
        };
    }

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] filled(byte value) {
        return new byte[] {value, value, value, value};
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] copy = bytes.clone();
        copy[at] = (byte) value;
        return copy;
    }

    private static byte[] spliced(byte[] bytes, int head, byte[] middle, int tail) {
        byte[] result = new byte[head + middle.length + bytes.length - tail];
        System.arraycopy(bytes, 0, result, 0, head);
        System.arraycopy(middle, 0, result, head, middle.length);
        System.arraycopy(bytes, tail, result, head + middle.length, bytes.length - tail);
        return result;
    }

    private byte[] body() {
        return bytes(random.nextInt(20) == 0 ? 5000 : random.nextInt(60));
    }

    private int unsigned16() {
        return random.nextInt(0x10000);
    }

    private WorkerId worker() {
        return new WorkerId(1 + random.nextInt(Integer.MAX_VALUE), random.nextInt(3));
    }

    private Token token() {
        return Token.of(bytes(Token.BYTES));
    }

    private InetSocketAddress address() {
        try {
            InetAddress host = random.nextBoolean()
                    ? InetAddress.getByAddress(bytes(4))
                    : Inet6Address.getByAddress(null, bytes(16), random.nextInt());
            return new InetSocketAddress(host, unsigned16());
        } catch (UnknownHostException e) {
            throw new AssertionError("4 and 16 bytes are addresses", e);
        }
    }

    private Map<ServerOption, Integer> options() {
        Map<ServerOption, Integer> options = new EnumMap<>(ServerOption.class);
        for (ServerOption option : ServerOption.values()) {
            if (random.nextInt(3) == 0) {
                options.put(option, random.nextInt());
            }
        }
        return options;
    }

    private String text(int longest) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(longest / 4 + 1); i > 0; i--) {
            int point =
                    random.nextInt(4) == 0 ? random.nextInt(Character.MAX_CODE_POINT + 1) : ' ' + random.nextInt(95);
            // Half a surrogate pair is no text.
            text.appendCodePoint(point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? '-' : point);
        }
        return text.toString();
    }
}
