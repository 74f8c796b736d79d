package org.nettycluster.worker;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollMode;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.messages.PassingDesk;
import org.nettycluster.protocol.passing.PassingLane;

/** Calls the master for the passing lane, when either side has something to pass. On the control loop. */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class PassingCall {
    private PassingCall() {}

    /** What comes of it the desk is told. */
    static void open(WorkerEnvironment environment, EventLoop loop, PassingDesk desk) {
        PassingLane lane = desk.openLane();
        if (lane == null) {
            return;
        }
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(EpollDomainSocketChannel.class)
                // From the first byte on: in the other mode a read would throw file descriptors away.
                .option(EpollChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS)
                .handler(lane);
        levelTriggered(bootstrap);
        bootstrap
                .connect(new DomainSocketAddress(environment.socket().toString()))
                .addListener((ChannelFuture done) -> {
                    if (!done.isSuccess()) {
                        desk.laneFailed("the passing lane can't be opened: "
                                + done.cause().getMessage());
                        return;
                    }
                    ByteBuf hello = done.channel().alloc().buffer(64);
                    FrameCodec.write(
                            new LaneHello(
                                    environment.worker(), environment.token(), LaneHello.PASSING, LaneHello.NO_REQUEST),
                            hello);
                    done.channel().writeAndFlush(hello);
                });
    }

    // 4.1 loses events in this mode otherwise; 4.2 is always so.
    @SuppressWarnings("deprecation")
    private static void levelTriggered(Bootstrap bootstrap) {
        if (!EpollLoops.NETTY_4_2) {
            bootstrap.option(EpollChannelOption.EPOLL_MODE, EpollMode.LEVEL_TRIGGERED);
        }
    }
}
