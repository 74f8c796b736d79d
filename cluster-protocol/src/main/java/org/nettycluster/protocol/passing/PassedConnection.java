package org.nettycluster.protocol.passing;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that the other side's program has passed to this one, with a message. It belongs to whoever calls
 * {@link #adopt}, {@link #insert} or {@link #close} first, once. What nobody has claimed when the handlers of its message
 * have returned is closed.
 *
 * <p>Any thread. The descriptor is not close-on-exec, since Netty receives it so: a native library that forks without
 * closing descriptors keeps the connection open.
 */
public final class PassedConnection {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(PassedConnection.class);

    private final LinuxSocket socket;
    private final @Nullable InetSocketAddress remote;
    private final @Nullable Inserter inserter;
    private final Runnable settled;
    private final AtomicBoolean claimed = new AtomicBoolean();

    private PassedConnection(LinuxSocket socket, @Nullable Inserter inserter, Runnable settled) {
        this.socket = socket;
        this.remote = socket.remoteAddress();
        this.inserter = inserter;
        this.settled = settled;
    }

    /** How a connection becomes a child of a server channel: the worker's business. */
    @FunctionalInterface
    public interface Inserter {
        /** Takes the socket in any case. */
        CompletionStage<SocketChannel> insert(ServerSocketChannel server, LinuxSocket socket, InetSocketAddress remote);
    }

    /**
     * Owns the descriptor from here on.
     *
     * @param inserter null where there are no server channels of ours
     * @param settled told once, when somebody has claimed or closed it
     * @return null, and the descriptor is closed, if it is no socket
     */
    public static @Nullable PassedConnection of(int descriptor, @Nullable Inserter inserter, Runnable settled) {
        try {
            return new PassedConnection(LinuxSocket.newSocket(descriptor), inserter, settled);
        } catch (RuntimeException e) {
            LOGGER.warn("what was passed is no socket: closed it: {}", e.getMessage());
            close(new FileDescriptor(descriptor));
            return null;
        }
    }

    /** The client, as the kernel names it; null if it has gone already. */
    public @Nullable InetSocketAddress remoteAddress() {
        return remote;
    }

    /** Whether somebody has claimed or closed it. */
    public boolean isClaimed() {
        return claimed.get();
    }

    /**
     * Makes it a channel of its own, without a parent.
     *
     * @param loops an epoll loop, or a group of them
     * @param handler what it begins with, an initializer maybe
     * @return completed when it is registered; exceptionally with an {@link IOException} or what Netty says, and then it is
     *     closed: the client has gone, or the loops are not epoll's
     * @throws IllegalStateException if somebody has claimed it
     */
    public CompletionStage<SocketChannel> adopt(EventLoopGroup loops, ChannelHandler handler) {
        claim();
        CompletableFuture<SocketChannel> adopted = new CompletableFuture<>();
        EpollSocketChannel channel;
        try {
            channel = new EpollSocketChannel(socket.intValue());
        } catch (RuntimeException e) {
            close(socket);
            return CompletableFuture.failedStage(e);
        }
        if (!channel.isActive()) {
            // Netty would register it and never say anything about it.
            channel.unsafe().closeForcibly();
            return CompletableFuture.failedStage(gone());
        }
        try {
            channel.pipeline().addLast(HangUp.NAME, HangUp.INSTANCE).addLast(handler);
            loops.register(channel).addListener((ChannelFuture registered) -> {
                if (registered.isSuccess()) {
                    adopted.complete(channel);
                } else {
                    close(channel.fd());
                    adopted.completeExceptionally(registered.cause());
                }
            });
        } catch (RuntimeException e) {
            close(channel.fd());
            adopted.completeExceptionally(e);
        }
        return adopted;
    }

    /**
     * Makes it a child of this server channel, which sees it as one that was accepted: its acceptor adds the child handler
     * and registers it. In a worker only.
     *
     * @return completed when the server's pipeline has it; exceptionally with an {@link IOException} if the client has
     *     gone or the server channel is closed, and then it is closed
     * @throws IllegalStateException if somebody has claimed it
     * @throws UnsupportedOperationException in a master; {@link #adopt} is for both
     */
    public CompletionStage<SocketChannel> insert(ServerSocketChannel server) {
        Inserter by = inserter;
        if (by == null) {
            throw new UnsupportedOperationException(
                    "a master has no server channels of its cluster: adopt the connection");
        }
        claim();
        InetSocketAddress from = remote;
        if (from == null) {
            close(socket);
            return CompletableFuture.failedStage(gone());
        }
        return by.insert(server, socket, from);
    }

    /** Ends the connection; does nothing if somebody has claimed it. */
    public void close() {
        closeUnclaimed();
    }

    /** Returns whether nobody had claimed it. */
    public boolean closeUnclaimed() {
        if (!claimed.compareAndSet(false, true)) {
            return false;
        }
        // The sender may still have its copy: for the client it shall be over now.
        try {
            socket.shutdown(true, true);
        } catch (IOException | RuntimeException e) {
            LOGGER.debug("no shutdown before close, the peer of {} is gone", this, e);
        }
        close(socket);
        settled.run();
        return true;
    }

    private void claim() {
        if (!claimed.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    this + " was claimed or closed before: claim it while its message is handled");
        }
        settled.run();
    }

    private IOException gone() {
        return new IOException("the client has gone before " + this + " could be claimed");
    }

    private static void close(FileDescriptor descriptor) {
        try {
            descriptor.close();
        } catch (IOException e) {
            LOGGER.debug("close of a passed connection", e);
        }
    }

    @Override
    public String toString() {
        return "passed connection of " + (remote == null ? "a client that has gone" : remote);
    }
}
