package org.nettycluster.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Opens connections to the target, and knows what it means if that fails. On the loop of its run. */
final class Dialer {
    private final EventLoop loop;
    private final InetSocketAddress target;
    private final Bootstrap bootstrap;
    private final Supplier<Ledger> ledger;

    Dialer(EventLoop loop, InetSocketAddress target, Supplier<Ledger> ledger) {
        this.loop = loop;
        this.target = target;
        this.ledger = ledger;
        // No timeout here: that of the attempt, which began when it was due, is the only one.
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .disableResolver()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(ChannelOption.TCP_NODELAY, true);
    }

    EventLoop loop() {
        return loop;
    }

    /** The ledger of the present part of the run, for what belongs to no attempt. */
    void aside(Aside aside) {
        ledger.get().aside(aside);
    }

    /** Returns before the connection is there; {@code failed} hears if it never will be. */
    Channel dial(Consumer<ChannelPipeline> handlers, Consumer<Throwable> failed) {
        aside(Aside.CONNECTIONS);
        ChannelFuture connected = bootstrap
                .clone()
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        handlers.accept(channel.pipeline());
                    }
                })
                .connect(target);
        connected.addListener(done -> {
            // A channel that could not even be made reports it on another thread.
            if (!done.isSuccess() && !loop.isShuttingDown()) {
                loop.execute(() -> failed.accept(done.cause()));
            }
        });
        return connected.channel();
    }

    /** Ends an attempt whose connection could not be had. */
    static void fail(Attempt attempt, Throwable cause) {
        String reason = String.valueOf(cause.getMessage());
        String folded = reason.toLowerCase(Locale.ROOT);
        if (cause instanceof ConnectException && folded.contains("refused")) {
            attempt.end(Outcome.REFUSED, reason);
        } else if (folded.contains("timed out")) {
            attempt.end(Outcome.TIMEOUT, reason);
        } else if (folded.contains("reset") || cause instanceof ClosedChannelException) {
            attempt.lost(reason);
        } else {
            // No port, no file descriptor, no route: ours.
            attempt.notStarted(reason);
        }
    }

    static int localPort(Channel channel) {
        return channel.localAddress() instanceof InetSocketAddress address ? address.getPort() : 0;
    }
}
