package org.nettycluster.worker;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollMode;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.WorkerEnvironment;

/**
 * Opens the connection of a lane and says hello on it. On the server channel's event loop, which is also the lane's.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class LaneOpening {
    private LaneOpening() {}

    /** How it ended. */
    interface Outcome {
        /** Whether a lane is still wanted. */
        boolean isWanted();

        /** The hello is written: bytes are bells from now on. */
        void opened(EpollDomainSocketChannel lane);

        void failed(String reason);
    }

    /**
     * Connects.
     *
     * @param handler of what arrives
     * @return the channel, not connected yet; it does not read by itself
     */
    static EpollDomainSocketChannel start(
            ClusterServerChannel server,
            WorkerEnvironment environment,
            LaneHello hello,
            ChannelInboundHandler handler,
            Outcome outcome) {
        Bootstrap bootstrap = new Bootstrap()
                .group(server.eventLoop())
                .channel(EpollDomainSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                // From the first byte on: in the other mode a read would throw file descriptors away.
                .option(EpollChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS)
                .handler(handler);
        batchReads(bootstrap, server.config());
        ChannelFuture connect =
                bootstrap.connect(new DomainSocketAddress(environment.socket().toString()));
        connect.addListener(done -> {
            if (done.isSuccess()) {
                sayHello((EpollDomainSocketChannel) connect.channel(), hello, outcome);
            } else {
                outcome.failed("it can't be opened: " + done.cause().getMessage());
            }
        });
        return (EpollDomainSocketChannel) connect.channel();
    }

    // 4.1 loses events in this mode unless it is level triggered, and then takes one per wake-up; 4.2 is always level
    // triggered and can batch.
    @SuppressWarnings("deprecation")
    private static void batchReads(Bootstrap bootstrap, ChannelConfig server) {
        if (EpollLoops.NETTY_4_2) {
            bootstrap.option(
                    ChannelOption.RCVBUF_ALLOCATOR,
                    new FixedRecvByteBufAllocator(1)
                            .respectMaybeMoreData(false)
                            .maxMessagesPerRead(server.getMaxMessagesPerRead()));
        } else {
            bootstrap.option(EpollChannelOption.EPOLL_MODE, EpollMode.LEVEL_TRIGGERED);
        }
    }

    private static void sayHello(EpollDomainSocketChannel connected, LaneHello hello, Outcome outcome) {
        if (!outcome.isWanted()) {
            connected.close();
            return;
        }
        ByteBuf bytes = connected.alloc().buffer(64);
        FrameCodec.write(hello, bytes);
        connected.writeAndFlush(bytes).addListener(written -> {
            if (written.isSuccess()) {
                // Only now: a bell must never ring in the middle of the hello.
                outcome.opened(connected);
            } else {
                outcome.failed("its hello could not be sent: " + written.cause().getMessage());
            }
        });
    }
}
