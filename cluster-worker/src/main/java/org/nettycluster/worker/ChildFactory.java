package org.nettycluster.worker;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Wraps a received socket as {@code accept} would have: an {@link EpollSocketChannel} with a parent, which HTTP/2 and
 * frameworks ask for. Stateless; any thread.
 *
 * <p>The constructor that takes a parent is not public. Where it can't be reached (modules without
 * {@code --add-opens}) the child is a {@link ClusterSocketChannel}, which is no {@code EpollSocketChannel} but behaves
 * as one.
 */
final class ChildFactory {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ChildFactory.class);
    private static final @Nullable MethodHandle WITH_PARENT = withParent();

    private ChildFactory() {}

    /** The channel owns the socket from here on; if this throws, the caller still does. */
    static SocketChannel wrap(ServerSocketChannel parent, LinuxSocket socket, InetSocketAddress remote) {
        MethodHandle constructor = WITH_PARENT;
        if (constructor == null) {
            return new ClusterSocketChannel(parent, socket, remote);
        }
        try {
            return (EpollSocketChannel) constructor.invokeExact((Channel) parent, socket, remote);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the constructor of EpollSocketChannel declares no exception", e);
        }
    }

    private static @Nullable MethodHandle withParent() {
        try {
            return MethodHandles.privateLookupIn(EpollSocketChannel.class, MethodHandles.lookup())
                    .findConstructor(
                            EpollSocketChannel.class,
                            MethodType.methodType(
                                    void.class, Channel.class, LinuxSocket.class, InetSocketAddress.class));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOGGER.info(
                    "children will be {}: EpollSocketChannel(parent, socket, remote) can't be reached ({})",
                    ClusterSocketChannel.class.getSimpleName(),
                    e.toString());
            return null;
        }
    }
}
