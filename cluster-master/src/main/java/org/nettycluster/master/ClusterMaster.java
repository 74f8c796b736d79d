package org.nettycluster.master;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.control.RunDirectory;
import org.nettycluster.master.dispatch.HandoffCounters;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.master.supervise.WorkerExit;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.messages.ClusterMessage;

/**
 * Accepts connections for many JVMs and hands each to one of them; Node's {@code cluster} in its primary.
 *
 * <p>Two layers. With {@link Builder#workers workers} and a {@link Builder#command command} it keeps a fleet running: a
 * worker that ends has a successor. Below lies Node's layer: {@link #fork} starts one worker in no slot, and its end is
 * told and nothing else.
 *
 * <p>One event loop accepts and hands off, one thread supervises processes; all methods may be called from any thread.
 */
public final class ClusterMaster implements AutoCloseable {
    private final MasterCore core;

    private ClusterMaster(MasterSettings settings) throws ClusterStartException {
        core = new MasterCore(settings, this);
    }

    /** Starts to describe a master. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A running master whose {@link #fork} runs this very program again: the same JVM, options, class path and main
     * class, with these arguments. The program asks {@code ClusterWorker.isWorker()} which of the two it is.
     *
     * @throws UncheckedIOException if the master cannot be started
     */
    public static ClusterMaster ofThisProgram(String... arguments) {
        try {
            return builder()
                    .name(ownName())
                    .command(WorkerCommand.ofThisProgram(arguments))
                    .start();
        } catch (ClusterStartException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String ownName() {
        return "ncluster-" + ProcessHandle.current().pid();
    }

    /**
     * Starts one worker that runs the master's command.
     *
     * @throws IllegalStateException if the master has none, or stops
     * @throws UncheckedIOException if the process could not be started
     */
    public WorkerProcess fork() {
        return core.workforce().fork(Map.of());
    }

    /** Starts one worker that runs this command. */
    public WorkerProcess fork(WorkerCommand command) {
        return core.fork(command);
    }

    /**
     * Starts one worker that runs the master's command, with these variables in addition to the command's and ours. The
     * NCLUSTER_ variables of its role win.
     */
    public WorkerProcess fork(Map<String, String> environment) {
        return core.workforce().fork(environment);
    }

    /**
     * Lets in one worker that somebody else starts, with this environment: a JVM under a debugger, or a test's own.
     *
     * @return for the worker's environment; holds a secret
     */
    public WorkerEnvironment admit() {
        return core.admit();
    }

    /** The processes that live, in order of their start. */
    public List<WorkerProcess> workers() {
        return core.workers();
    }

    /** Told of everything from now on, on the supervisor's thread; of messages on their own. */
    public void listen(ClusterEvents events) {
        core.listen(events);
    }

    /** A process was started. */
    public void onFork(Consumer<WorkerProcess> handler) {
        listen(Handlers.fork(handler));
    }

    /** A worker has called the master. */
    public void onOnline(Consumer<WorkerProcess> handler) {
        listen(Handlers.online(handler));
    }

    /** A server channel of a worker listens. */
    public void onListening(BiConsumer<WorkerProcess, InetSocketAddress> handler) {
        listen(Handlers.listening(handler));
    }

    /**
     * A worker's program says something. Told on the thread {@code ncluster-messages}, before the worker's own handlers.
     * What came before there was any handler is told then.
     */
    public void onMessage(BiConsumer<WorkerProcess, ClusterMessage> handler) {
        listen(Handlers.message(handler));
    }

    /**
     * Answers requests of all workers that have no handler of their own. Called on the thread {@code ncluster-messages};
     * the stage may be completed anywhere.
     *
     * @throws IllegalStateException if there is one already
     */
    public void onRequest(BiFunction<WorkerProcess, ClusterMessage, CompletionStage<ClusterMessage>> handler) {
        core.mailRoom().onRequest(handler);
    }

    /** Says this to every worker that lives; what became of it at each, as of {@link WorkerProcess#send}. */
    public Map<WorkerProcess, CompletionStage<Void>> broadcast(String contentType, byte[] bytes) {
        return core.mailRoom().broadcast(contentType, bytes);
    }

    /** The same. */
    public Map<WorkerProcess, CompletionStage<Void>> broadcast(ClusterMessage message) {
        return core.mailRoom().broadcast(message);
    }

    /** A worker's control connection has ended. */
    public void onDisconnect(Consumer<WorkerProcess> handler) {
        listen(Handlers.disconnect(handler));
    }

    /** A worker's process has ended. */
    public void onExit(BiConsumer<WorkerProcess, WorkerExit> handler) {
        listen(Handlers.exit(handler));
    }

    /**
     * Completed when every worker of the fleet is ready, for the first time. Exceptionally with a {@link
     * ClusterStartException} if one ended before any was, or the cluster was stopped before; with a {@link
     * FleetIncompleteException} if a slot gave up before: then the others serve on.
     */
    public CompletionStage<Void> ready() {
        return core.ready();
    }

    /** Where it listens now, by TCP. */
    public Collection<InetSocketAddress> addresses() {
        return core.addresses(InetSocketAddress.class);
    }

    /** The unix sockets where it listens now. */
    public Collection<UnixDomainSocketAddress> unixAddresses() {
        return core.addresses(UnixDomainSocketAddress.class);
    }

    /** How the connections of the listener at this address went; the empty count if there is none. */
    public HandoffCounters counters(SocketAddress address) {
        return core.counters(address);
    }

    /** The directory with the control socket. */
    public Path runDirectory() {
        return core.runDirectory();
    }

    /**
     * Replaces every worker, one after the other: the new one is ready before the old one drains, and the first failure
     * ends the reload while whoever was not replaced keeps serving.
     *
     * @return completed with the report; exceptionally with a {@link ChangeInProgressException}
     */
    public CompletionStage<ReloadReport> reload(ReloadOptions options) {
        return core.reload(options);
    }

    /**
     * Changes the size of the fleet, 1 to 512. Workers that are too many, those in the highest slots, are drained.
     *
     * @return completed when every added worker is ready, or every surplus process has ended; exceptionally with a
     *     {@link ChangeFailedException} if an added worker failed: then the fleet keeps its size
     */
    public CompletionStage<Void> scale(int workers) {
        return core.scale(workers);
    }

    /** Replaces the worker of one slot, as {@link #reload} does; closes a breaker that was open. */
    public CompletionStage<ReloadReport> restart(int slot) {
        return restart(slot, step -> {});
    }

    /**
     * The same.
     *
     * @param progress told of each step, on the supervisor's thread; must not block it
     */
    public CompletionStage<ReloadReport> restart(int slot, Consumer<ReloadProgress> progress) {
        return core.restart(slot, progress);
    }

    /** The worker of this slot keeps its connections and gets no new ones, until {@link #resume} or its end. */
    public CompletionStage<Void> pause(int slot) {
        return core.pause(slot, true);
    }

    /** The worker of this slot gets new connections again. */
    public CompletionStage<Void> resume(int slot) {
        return core.pause(slot, false);
    }

    /** SIGKILL for the worker of this slot. It has a successor, as after any crash. */
    public CompletionStage<Void> kill(int slot) {
        return core.kill(slot);
    }

    /** How everything is now. Waits for the master's threads: not to be called on its event loop. */
    public ClusterStatus status() {
        return core.status();
    }

    /**
     * Asks every forked worker to finish, as {@link WorkerProcess#disconnect} does, and goes on: others may be forked at
     * once. Never completed within this call, not even where there is no worker.
     *
     * @return completed when the end of all of them, and not only of the first, has been told; exceptionally with an
     *     {@link IllegalStateException} where there is a fleet
     */
    public CompletionStage<Void> disconnect() {
        return core.workforce().disconnectAll();
    }

    /**
     * Stops in good order: accepts nothing more, hands off what was accepted, lets running connections end for at most
     * the drain time, then ends every process.
     *
     * @return completed when no process is left
     */
    public CompletionStage<Void> stop() {
        return core.stop();
    }

    /** Ends every process at once, and waits for that. */
    @Override
    public void close() {
        core.close();
    }

    void drain(WorkerProcess worker) {
        core.drain(worker);
    }

    /** Describes a master. Not thread safe. */
    public static final class Builder extends HandoffBuilder {
        private String name = "ncluster";
        private @Nullable Path runDirectory;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** Name of the cluster, part of the run directory's path; default {@code ncluster}. */
        public Builder name(String name) {
            if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
                throw new IllegalArgumentException(
                        "name '" + name
                                + "' must be 1 to 64 letters, digits, dots, dashes or underscores, the first a letter or digit");
            }
            this.name = name;
            return this;
        }

        /** Where the control socket is; default as {@link RunDirectory#defaultFor}. */
        public Builder runDirectory(Path runDirectory) {
            this.runDirectory = runDirectory;
            return this;
        }

        /**
         * Starts the master, and its fleet if it has one.
         *
         * @throws ClusterStartException if this machine has no epoll, the run directory cannot be used, or what was
         *     inherited is no listening socket
         */
        public ClusterMaster start() throws ClusterStartException {
            FleetSettings fleet = fleet();
            Path directory = runDirectory;
            if (directory == null) {
                try {
                    directory =
                            RunDirectory.defaultFor(name, System.getenv("XDG_RUNTIME_DIR"), RunDirectory.currentUid());
                } catch (IOException e) {
                    throw new ClusterStartException("can't find out who we are: " + e.getMessage(), e);
                }
            }
            return new ClusterMaster(settings(name, directory, fleet));
        }
    }
}
