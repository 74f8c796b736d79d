package org.nettycluster.protocol;

import io.netty.buffer.ByteBuf;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Writes and reads a socket address inside a frame.
 *
 * <pre>
 * | family (1): 4 or 6 | 4 or 16 bytes | scope id (4, family 6 only) | port (2) |
 * </pre>
 */
final class AddressCodec {
    private AddressCodec() {}

    static void write(InetSocketAddress address, ByteBuf out) {
        InetAddress host = address.getAddress();
        if (host == null) {
            throw new IllegalArgumentException("address " + address + " is not resolved");
        }
        if (host instanceof Inet6Address six) {
            out.writeByte(6).writeBytes(six.getAddress()).writeInt(six.getScopeId());
        } else {
            out.writeByte(4).writeBytes(host.getAddress());
        }
        out.writeShort(address.getPort());
    }

    static InetSocketAddress read(ByteBuf in) throws ProtocolException {
        int family = in.readUnsignedByte();
        try {
            InetAddress host = switch (family) {
                case 4 -> InetAddress.getByAddress(bytes(4, in));
                case 6 -> {
                    byte[] bytes = bytes(16, in);
                    int scope = in.readInt();
                    // Scope 0 means none; the JDK would print it.
                    yield Inet6Address.getByAddress(null, bytes, scope == 0 ? -1 : scope);
                }
                default -> throw new ProtocolException("address family " + family + " is neither 4 nor 6");
            };
            return new InetSocketAddress(host, in.readUnsignedShort());
        } catch (UnknownHostException e) {
            throw new ProtocolException("address is malformed: " + e.getMessage());
        }
    }

    private static byte[] bytes(int count, ByteBuf in) {
        byte[] bytes = new byte[count];
        in.readBytes(bytes);
        return bytes;
    }
}
