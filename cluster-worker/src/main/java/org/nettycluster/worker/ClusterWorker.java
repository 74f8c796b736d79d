package org.nettycluster.worker;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.WorkerId;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.protocol.messages.MessageException;

/**
 * This process as a worker of a cluster. Most programs need one line of it:
 *
 * <pre>{@code
 * new ServerBootstrap()
 *         .group(boss, workers)                                  // epoll groups
 *         .channelFactory(ClusterWorker.serverChannelFactory())  // instead of .channel(EpollServerSocketChannel.class)
 * }</pre>
 *
 * <p>Any thread. An instance owns its control connection to the master and a daemon thread that serves it, on which
 * hooks and the stages of a drain are run: they must not block. Messages have threads of their own.
 */
public final class ClusterWorker implements AutoCloseable {
    /**
     * What a worker's process exits with when its master is gone. Its connections are served first, unless
     * {@code NCLUSTER_ON_MASTER_LOST=exit} says otherwise; then its server channels close, its main has a second to end by
     * itself, and the process exits with this code, or with the one that the program has chosen in that second.
     */
    public static final int MASTER_LOST_EXIT_CODE = 83;

    private static @Nullable ClusterWorker current;

    private final MasterLink link;
    private final ChannelFactory<ServerChannel> channels;
    private final ChannelFactory<ServerChannel> domainChannels;

    private ClusterWorker(MasterLink link) {
        this.link = link;
        this.channels = new ClusterServerChannelFactory(link, false);
        this.domainChannels = new ClusterServerChannelFactory(link, true);
    }

    /**
     * Whether a master has started this process: its variables are set, and it is our parent.
     *
     * @throws IllegalArgumentException if the variables are set, but not all, or not well
     */
    public static boolean isWorker() {
        return WorkerRole.own().isPresent();
    }

    /**
     * This process's worker, connected at the first call; empty where the process runs alone.
     *
     * @throws ChannelException if the master can't be reached
     */
    public static Optional<ClusterWorker> current() {
        Optional<WorkerEnvironment> role = WorkerRole.own();
        return role.isEmpty() ? Optional.empty() : Optional.of(connectOnce(role.get()));
    }

    private static synchronized ClusterWorker connectOnce(WorkerEnvironment environment) {
        ClusterWorker worker = current;
        if (worker == null) {
            worker = new ClusterWorker(MasterLink.connect(environment, true));
            current = worker;
        }
        return worker;
    }

    /**
     * Makes the right server channel for this process: one of the cluster in a worker, an ordinary one elsewhere (epoll
     * where it is available), so that the same program runs alone.
     */
    public static ChannelFactory<ServerChannel> serverChannelFactory() {
        return serverChannelFactory(current());
    }

    static ChannelFactory<ServerChannel> serverChannelFactory(Optional<ClusterWorker> worker) {
        if (worker.isPresent()) {
            return worker.get().channelFactory();
        }
        return new ReflectiveChannelFactory<>(
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
    }

    /**
     * The same for unix sockets, bound to a {@code DomainSocketAddress}: children are {@code EpollDomainSocketChannel}s.
     * Elsewhere it makes {@code EpollServerDomainSocketChannel}s, which need epoll.
     */
    public static ChannelFactory<ServerChannel> domainServerChannelFactory() {
        Optional<ClusterWorker> worker = current();
        return worker.isPresent()
                ? worker.get().domainChannelFactory()
                : new ReflectiveChannelFactory<>(EpollServerDomainSocketChannel.class);
    }

    /**
     * A worker with an environment of the caller's choice: for tests, and for programs that read it from elsewhere. It
     * never ends the process, not even when its master is gone.
     *
     * @throws ChannelException naming the worker, the socket and the cause
     */
    public static ClusterWorker connect(WorkerEnvironment environment) {
        return new ClusterWorker(MasterLink.connect(environment, false));
    }

    /** Makes server channels of this worker. */
    public ChannelFactory<ServerChannel> channelFactory() {
        return channels;
    }

    /** Makes server channels of this worker that listen at paths. */
    public ChannelFactory<ServerChannel> domainChannelFactory() {
        return domainChannels;
    }

    /**
     * Binds a UDP socket: one of the master's in a worker, an ordinary one elsewhere (epoll where it is available, unless the
     * bootstrap names a channel), so that the same program runs alone.
     *
     * @param bootstrap with a group (of epoll in a worker) and a handler; in a worker a channel class means nothing
     * @param address to bind; with port 0 all workers get the port that the kernel chose for the first
     * @return the active channel, completed on its loop; exceptionally with a {@link java.net.BindException}, or as the
     *     registration failed
     */
    public static CompletionStage<DatagramChannel> bindDatagram(Bootstrap bootstrap, InetSocketAddress address) {
        Optional<ClusterWorker> worker = current();
        return worker.isPresent() ? worker.get().datagram(bootstrap, address) : Datagrams.alone(bootstrap, address);
    }

    /**
     * Binds the UDP socket of this worker's slot, or as {@link ClusterChannelOption#DATAGRAM_SHARED} and {@link
     * ClusterChannelOption#EXCLUSIVE} say. It stays the master's: a successor reads what this worker has not. The channel, an
     * {@code EpollDatagramChannel}, reads no more when the worker drains, and closes when it has drained.
     *
     * @see #bindDatagram
     */
    public CompletionStage<DatagramChannel> datagram(Bootstrap bootstrap, InetSocketAddress address) {
        return link.datagrams().bind(bootstrap, address);
    }

    /** Who the master says this worker is. */
    public WorkerId id() {
        return link.environment().worker();
    }

    /**
     * Tells the master that this worker can serve, now. Otherwise the first bind tells it, or nothing does if the master
     * has asked for an explicit word ({@code NCLUSTER_READY=explicit}). Later calls do nothing.
     */
    public void ready() {
        link.ready();
    }

    /** Whether the master is there: its connection is open, and it has let us in. */
    public boolean isConnected() {
        return link.isConnected();
    }

    /**
     * Asks the master to drain this worker, as {@code WorkerProcess.disconnect()} does there: no more connections come,
     * what runs may end, then the server channels close. The master knows the end for a wanted one. Later calls, and
     * those without a master, do nothing; a seat of a fleet gets a successor.
     *
     * @return as {@link #draining}
     */
    public CompletionStage<Void> disconnect() {
        link.leave();
        return draining();
    }

    /** Completes when this worker shall end: the master drains it, or is gone. */
    public CompletionStage<Void> draining() {
        return link.draining();
    }

    /**
     * Work to be done before this worker says that it is drained. It starts when the drain does and may take until the
     * deadline; its failure is logged and stops nothing.
     */
    public void onDrain(Supplier<CompletionStage<?>> hook) {
        link.onDrain(hook);
    }

    /**
     * Says something to the master's program.
     *
     * @param contentType of the program's choice, at most 255 bytes of UTF-8
     * @param bytes at most {@value ClusterMessage#MAX_BYTES}; copied
     * @return completed when the socket has taken it, on the thread {@code ncluster-answers}; exceptionally with a {@link
     *     MessageException}. Always completed, whatever becomes of the master.
     */
    public CompletionStage<Void> send(String contentType, byte[] bytes) {
        return link.mail().mailbox().send(contentType, bytes);
    }

    /** The same. */
    public CompletionStage<Void> send(ClusterMessage message) {
        return link.mail().mailbox().send(message);
    }

    /**
     * Says something to the master's program, and passes it a client's connection: a child of one of this worker's servers,
     * or any other TCP connection of an epoll channel, of which no byte may have been read that the other program needs.
     * See {@code docs/passing-connections.md}.
     *
     * @param channel taken off its loop, without its handlers and without any harm to its connection, and closed here when
     *     the other side has it. If the stage fails the connection is closed, too, unless the channel is still open: then
     *     nothing has happened to it
     * @return completed when the master has both, on the thread {@code ncluster-answers}; exceptionally with a {@link
     *     MessageException}
     */
    public CompletionStage<Void> send(ClusterMessage message, Channel channel) {
        return link.mail().mailbox().passing().send(message, channel);
    }

    /** The same. */
    public CompletionStage<Void> send(String contentType, byte[] bytes, Channel channel) {
        return link.mail().mailbox().passing().send(contentType, bytes, channel);
    }

    /** Whether the master is there and less than half of the queue of messages to it is taken. A hint. */
    public boolean isWritable() {
        return link.mail().mailbox().isWritable();
    }

    /**
     * Asks the master's program, which answers by {@code onRequest} of its own.
     *
     * @param timeout 1 ms to 24 h, from now
     * @return completed with the answer, on the thread {@code ncluster-answers}; exceptionally with a {@link
     *     MessageException}, at the end of the timeout at the latest
     */
    public CompletionStage<ClusterMessage> request(String contentType, byte[] bytes, Duration timeout) {
        return link.mail().mailbox().request(contentType, bytes, timeout);
    }

    /** The same. */
    public CompletionStage<ClusterMessage> request(ClusterMessage message, Duration timeout) {
        return link.mail().mailbox().request(message, timeout);
    }

    /**
     * Told of what the master's program says, one message after the other, on the thread {@code ncluster-messages}. What
     * came before there was any handler is told then. A {@link ClusterMessage#connection connection} that came with a
     * message and that no handler has claimed is closed when the last one returns.
     */
    public void onMessage(Consumer<ClusterMessage> handler) {
        link.mail().onMessage(handler);
    }

    /**
     * Answers requests of the master's program. Called on the thread {@code ncluster-messages}; the stage may be completed
     * anywhere.
     *
     * @throws IllegalStateException if there is a handler already
     */
    public void onRequest(Function<ClusterMessage, CompletionStage<ClusterMessage>> handler) {
        link.mail().onRequest(handler);
    }

    /** Closes this worker's server and UDP channels and leaves the master. Does not wait. */
    @Override
    public void close() {
        link.close();
    }

    MasterLink link() {
        return link;
    }

    @Override
    public String toString() {
        return "worker " + id();
    }
}
