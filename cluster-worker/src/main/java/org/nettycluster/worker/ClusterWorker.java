package org.nettycluster.worker;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.WorkerId;

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
 * hooks and the stages that it returns are run: they must not block.
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

    private ClusterWorker(MasterLink link) {
        this.link = link;
        this.channels = new ClusterServerChannelFactory(link);
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

    /** Closes this worker's server channels and leaves the master. Does not wait. */
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
