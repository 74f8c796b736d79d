package org.nettycluster.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.nettycluster.master.ReloadOptions;
import org.nettycluster.master.control.Audit;
import org.nettycluster.master.control.RunDirectory;

/**
 * The unix socket {@value #SOCKET} in a cluster's run directory, on which the cluster is shown and changed. It has a
 * thread of its own, which owns every connection to it: however slow its clients are, no connection of the cluster waits
 * for them. May be opened and closed on any thread but that one.
 */
public final class AdminEndpoint implements AutoCloseable {
    /** Name of the socket. */
    public static final String SOCKET = "admin.sock";

    private static final long LAST_WORDS_SECONDS = 2;

    private final Path socket;
    private final MultiThreadIoEventLoopGroup group;
    private final ChannelGroup clients;
    private final Audit audit;
    private final Channel server;

    private AdminEndpoint(
            Path socket, MultiThreadIoEventLoopGroup group, ChannelGroup clients, Audit audit, Channel server) {
        this.socket = socket;
        this.group = group;
        this.clients = clients;
        this.audit = audit;
        this.server = server;
    }

    /** Tells a connection's handlers that the endpoint ends, so that nobody keeps it waiting without a reason. */
    enum Closing {
        /** The only one. */
        ENDPOINT
    }

    /**
     * Who may come in, and how long they may take.
     *
     * @param uid whose processes
     * @param patience for the whole request, and for a client that does not read its answer
     * @param clients how many at once
     */
    record Admission(int uid, Duration patience, int clients) {
        static Admission of(int uid) {
            return new Admission(uid, Duration.ofSeconds(10), 64);
        }
    }

    /**
     * Opens it. What lies in its place is removed: the directory is locked by the master, so nobody else uses it.
     *
     * @param runDirectory of a running master
     * @param reload how a reload goes about it unless a request says otherwise
     * @throws IOException if the directory is not ours alone, or the socket can't be made
     */
    public static AdminEndpoint open(Path runDirectory, ClusterControl control, LogTail logs, ReloadOptions reload)
            throws IOException {
        return open(runDirectory, control, logs, reload, Admission.of(RunDirectory.currentUid()));
    }

    static AdminEndpoint open(
            Path runDirectory, ClusterControl control, LogTail logs, ReloadOptions reload, Admission admission)
            throws IOException {
        Path socket = RunDirectory.requireSafe(runDirectory).resolve(SOCKET);
        Files.deleteIfExists(socket);
        var group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("ncluster-admin", true), EpollIoHandler.newFactory());
        ChannelGroup clients = new DefaultChannelGroup(group.next());
        Audit audit = new Audit(group.next(), socket.toString());
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<EpollDomainSocketChannel>() {
                    @Override
                    protected void initChannel(EpollDomainSocketChannel child) {
                        child.pipeline()
                                .addLast(new PeerGate(admission, clients, audit))
                                .addLast(new ReadTimeoutHandler(
                                        admission.patience().toMillis(), TimeUnit.MILLISECONDS))
                                .addLast(new HttpServerCodec(1024, 4096, 1024))
                                .addLast(new BoundedRequest())
                                .addLast(new AdminRoutes(control, logs, reload, admission.patience()));
                    }
                })
                .bind(new DomainSocketAddress(socket.toFile()))
                .awaitUninterruptibly();
        AdminEndpoint endpoint = new AdminEndpoint(socket, group, clients, audit, bound.channel());
        try {
            if (!bound.isSuccess()) {
                throw new IOException(
                        "can't open the admin socket " + socket + ": "
                                + bound.cause().getMessage(),
                        bound.cause());
            }
            // Between bind and here the directory's mode, 0700, keeps everybody else out.
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            return endpoint;
        } catch (IOException e) {
            endpoint.close();
            throw e;
        }
    }

    /** Where it is. */
    public Path socket() {
        return socket;
    }

    /** Removes the socket, lets answers that are being written reach their clients for a moment, and ends the thread. */
    @Override
    public void close() {
        server.close().awaitUninterruptibly();
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            // Its directory is gone, too.
        }
        clients.forEach(client -> client.pipeline().fireUserEventTriggered(Closing.ENDPOINT));
        clients.newCloseFuture().awaitUninterruptibly(TimeUnit.SECONDS.toMillis(LAST_WORDS_SECONDS));
        group.next().submit(audit::close).awaitUninterruptibly(TimeUnit.SECONDS.toMillis(LAST_WORDS_SECONDS));
        group.shutdownGracefully(0, LAST_WORDS_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
