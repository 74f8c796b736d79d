package org.nettycluster.worker;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.nettycluster.protocol.ServerOption;

/** The UDP sockets of one worker, those it has and those it asks for. Any thread. */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class Datagrams {
    private final MasterLink link;
    private final Set<DatagramBind> binds = new LinkedHashSet<>();
    private final PortZero shared = new PortZero();
    // Counted apart: the n-th shared bind is the n-th of other workers, who may bind nothing for themselves.
    private final PortZero exclusive = new PortZero();
    private boolean draining;
    private boolean closed;

    Datagrams(MasterLink link) {
        this.link = link;
    }

    /** An ordinary socket, for a process that is no worker. */
    static CompletionStage<DatagramChannel> alone(Bootstrap bootstrap, InetSocketAddress address) {
        Bootstrap own = bootstrap.clone();
        own.option(ClusterChannelOption.EXCLUSIVE, null).option(ClusterChannelOption.DATAGRAM_SHARED, null);
        if (own.config().channelFactory() == null) {
            own.channel(Epoll.isAvailable() ? EpollDatagramChannel.class : NioDatagramChannel.class);
        }
        CompletableFuture<DatagramChannel> result = new CompletableFuture<>();
        own.bind(address).addListener((ChannelFuture bound) -> {
            if (bound.isSuccess()) {
                result.complete((DatagramChannel) bound.channel());
            } else {
                result.completeExceptionally(bound.cause());
            }
        });
        return result;
    }

    /** Asks the master for a socket. A failure is a {@link BindException}, or what is wrong with the bootstrap. */
    CompletionStage<DatagramChannel> bind(Bootstrap bootstrap, InetSocketAddress address) {
        try {
            EventLoopGroup group = bootstrap.config().group();
            if (group == null || bootstrap.config().handler() == null) {
                throw new IllegalStateException("a UDP bootstrap needs a group and a handler");
            }
            EventLoop loop = group.next();
            if (!EpollLoops.isEpoll(loop)) {
                throw new IllegalStateException(
                        EpollLoops.advice("UDP", loop.getClass().getName()));
            }
            return admit(bootstrap, loop, resolved(address)).start();
        } catch (BindException | RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private static InetSocketAddress resolved(InetSocketAddress address) throws BindException {
        if (!address.isUnresolved()) {
            return address;
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(address.getHostString()), address.getPort());
        } catch (UnknownHostException e) {
            throw BindHandler.failed(address, "the host's name is unknown", e);
        }
    }

    private synchronized DatagramBind admit(Bootstrap bootstrap, EventLoop loop, InetSocketAddress address)
            throws BindException {
        if (draining || closed) {
            throw Binds.refusal(
                    address,
                    draining ? "worker " + link.environment().worker() + " is draining" : "the worker is closed");
        }
        Map<ServerOption, Integer> options = DatagramOptions.travelling(bootstrap);
        if (!DatagramOptions.isSet(options, ServerOption.REUSE_ADDRESS)
                && binds.stream().anyMatch(each -> each.isAt(address))) {
            throw Binds.refusal(address, "Address already in use: this worker has it already");
        }
        int ordinal = address.getPort() == 0 ? portZero(options).take(address.getAddress()) : 0;
        DatagramBind bind =
                new DatagramBind(this, link, DatagramOptions.without(bootstrap, loop), loop, address, ordinal, options);
        binds.add(bind);
        return bind;
    }

    private PortZero portZero(Map<ServerOption, Integer> options) {
        return DatagramOptions.isSet(options, ServerOption.EXCLUSIVE) ? exclusive : shared;
    }

    /** It has come to nothing, or its channel is closed. Later calls do nothing. */
    synchronized void ended(
            DatagramBind bind, InetSocketAddress address, int ordinal, Map<ServerOption, Integer> options) {
        if (binds.remove(bind) && address.getPort() == 0) {
            portZero(options).release(address.getAddress(), ordinal);
        }
    }

    /** Whether a channel that closes does so because the worker ends: then its socket is kept for a successor. */
    synchronized boolean isDraining() {
        return draining;
    }

    /**
     * The worker is to end, and binds nothing any more. Its channels read no more and stay open, to answer.
     *
     * @param orphaned the master is dead, and there will be no successor: what is queued is read, and the channels close
     */
    void drain(boolean orphaned) {
        all(() -> draining = true, orphaned ? DatagramBind::readOut : DatagramBind::stop);
    }

    /** Closes all channels. */
    void close() {
        all(() -> closed = true, DatagramBind::close);
    }

    private void all(Runnable change, Consumer<DatagramBind> task) {
        List<DatagramBind> now;
        synchronized (this) {
            change.run();
            now = List.copyOf(binds);
        }
        now.forEach(task);
    }
}
