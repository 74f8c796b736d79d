package org.nettycluster.worker;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.nettycluster.protocol.passing.HangUp;

/**
 * A connection that the master's program has passed, as a child of a server channel of this worker: a drain waits for it as
 * for any other. No claim page knows of it, so limits and schedulers do not count it. A handler of its pipeline; on its
 * loop, except where said.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class InsertedChild extends ChannelInboundHandlerAdapter implements ServedChild {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(InsertedChild.class);
    private static final String NAME = "ncluster-inserted";

    private final ClusterServerSocketChannel server;
    private final SocketChannel child;
    private boolean told;

    private InsertedChild(ClusterServerSocketChannel server, SocketChannel child) {
        this.server = server;
        this.child = child;
    }

    /** Fires the connection through the server's pipeline, on the server's loop. Any thread; takes the socket. */
    static CompletionStage<SocketChannel> insert(
            ServerSocketChannel server, LinuxSocket socket, InetSocketAddress remote) {
        CompletableFuture<SocketChannel> inserted = new CompletableFuture<>();
        try {
            server.eventLoop().execute(() -> {
                try {
                    inserted.complete(insertNow(server, socket, remote));
                } catch (IOException | RuntimeException e) {
                    inserted.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException | IllegalStateException e) {
            close(socket);
            inserted.completeExceptionally(new IOException(server + " has no event loop any more, or not yet", e));
        }
        return inserted;
    }

    private static SocketChannel insertNow(ServerSocketChannel server, LinuxSocket socket, InetSocketAddress remote)
            throws IOException {
        if (!server.isActive()) {
            close(socket);
            throw new IOException(server + " is closed: the connection of " + remote + " can't become a child of it");
        }
        SocketChannel child;
        try {
            child = ChildFactory.wrap(server, socket, remote);
        } catch (RuntimeException e) {
            close(socket);
            throw e;
        }
        child.pipeline().addFirst(HangUp.NAME, HangUp.INSTANCE);
        InsertedChild counted =
                server instanceof ClusterServerSocketChannel ours ? new InsertedChild(ours, child) : null;
        if (counted != null) {
            child.pipeline().addLast(NAME, counted);
            counted.server.begins(counted);
            child.closeFuture().addListener(closed -> counted.server.ended(counted));
        }
        server.pipeline().fireChannelRead(child);
        server.pipeline().fireChannelReadComplete();
        if (counted != null && !child.isOpen()) {
            // A forced close completes no future before registration.
            counted.server.ended(counted);
        }
        return child;
    }

    private static void close(LinuxSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOGGER.debug("close of a passed connection", e);
        }
    }

    @Override
    public SocketChannel child() {
        return child;
    }

    @Override
    public boolean isLimited() {
        return false;
    }

    @Override
    public boolean claimed() {
        return true;
    }

    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        ctx.fireChannelRegistered();
        // It may have come after everybody else was told.
        tellOfDrain();
    }

    @Override
    public void noticeDrain() {
        if (child.isRegistered()) {
            child.eventLoop().execute(this::tellOfDrain);
        }
    }

    private void tellOfDrain() {
        ClusterDraining notice = server.drainNotice();
        if (!told && notice != null && child.isOpen()) {
            told = true;
            notice.tell(child);
        }
    }

    @Override
    public void closeByForce() {
        try {
            child.eventLoop().execute(() -> child.unsafe().close(child.voidPromise()));
        } catch (RejectedExecutionException | IllegalStateException e) {
            LOGGER.debug("{} has no loop to be closed on", child, e);
        }
    }
}
