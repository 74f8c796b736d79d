package org.nettycluster.master.accept;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one listener for whom there was, or is, no place.
 *
 * @param waits how often accepting stopped because a limit of connections was reached
 * @param resets connections that were accepted and reset because a limit was reached
 * @param backlog connected and not accepted yet, as the kernel counts now; -1 if it does not say
 * @param backlogLimit how many of these there may be; beyond, the kernel drops; -1 if it does not say
 */
public record Crowd(long waits, long resets, int backlog, int backlogLimit) {
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    // In tcp_info, where for a listening socket the kernel puts the length of the accept queue and its limit.
    private static final int UNACKED = 24;
    private static final int SACKED = 28;
    private static final int LENGTH = 32;

    static Crowd of(@Nullable LinuxSocket listening, long waits, long resets) {
        if (listening != null) {
            try {
                ByteBuffer info = ByteBuffer.allocateDirect(LENGTH).order(ByteOrder.nativeOrder());
                listening.getRawOpt(IPPROTO_TCP, TCP_INFO, info);
                return new Crowd(waits, resets, info.getInt(UNACKED), info.getInt(SACKED));
            } catch (IOException | ChannelException e) {
                // A unix socket, of which the kernel counts nothing.
            }
        }
        return new Crowd(waits, resets, -1, -1);
    }
}
