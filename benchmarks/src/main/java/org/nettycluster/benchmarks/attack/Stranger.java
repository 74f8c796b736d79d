package org.nettycluster.benchmarks.attack;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.HexFormat;

/** A process that calls a unix socket and says what it was told to; prints how it ended: an exception, or {@code ended}. */
public final class Stranger {
    private Stranger() {}

    /** Arguments: a socket, and bytes in hexadecimal digits or none. */
    public static void main(String... args) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(args[0]))) {
            if (args.length > 1) {
                channel.write(ByteBuffer.wrap(HexFormat.of().parseHex(args[1])));
            }
            while (channel.read(ByteBuffer.allocate(1000)) >= 0) {
                // Whatever it says.
            }
            System.out.println("ended");
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
    }
}
