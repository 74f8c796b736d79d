package org.nettycluster.master;

import io.netty.channel.Channel;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.supervise.ChildProcess;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.master.supervise.WorkerExit;
import org.nettycluster.protocol.WorkerId;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.protocol.messages.MessageException;

/**
 * One worker process as the master sees it; Node's {@code Worker}. Its state changes on the supervisor's thread and may
 * be read from any.
 */
public final class WorkerProcess {
    private final WorkerId id;
    private final ClusterMaster master;
    private final WorkerMail mail;
    private final @Nullable WorkerCommand command;
    private final CompletableFuture<WorkerExit> exit = new CompletableFuture<>();
    private volatile @Nullable ChildProcess process;
    private volatile boolean online;
    private volatile boolean listening;
    private volatile boolean disconnected;
    private volatile boolean exitedAfterDisconnect;
    private volatile boolean draining;
    private volatile boolean drained;
    private volatile boolean ready;

    /** @param command null for a process that somebody else starts */
    WorkerProcess(WorkerId id, ClusterMaster master, @Nullable WorkerCommand command, MailRoom room) {
        this.id = id;
        this.master = master;
        this.command = command;
        this.mail = room.mailOf(this);
    }

    /** Its name: {@code 2.1} in a fleet, {@code 7} for a single fork; never used again. */
    public WorkerId id() {
        return id;
    }

    /** Process id of what was started; -1 before, and for a process that somebody else started. */
    public long pid() {
        ChildProcess started = process;
        return started == null ? -1 : started.pid();
    }

    /** What it runs; empty for a process that somebody else has started. */
    public Optional<WorkerCommand> command() {
        return Optional.ofNullable(command);
    }

    /** How far it has come; {@link State#DEAD} in the end, whatever the order of its last events. */
    public State state() {
        if (isDead()) {
            return State.DEAD;
        }
        if (disconnected) {
            return State.DISCONNECTED;
        }
        return listening ? State.LISTENING : online ? State.ONLINE : State.STARTED;
    }

    /** Whether its control connection is open. */
    public boolean isConnected() {
        return online && !disconnected;
    }

    /** Whether its process has ended. */
    public boolean isDead() {
        return exit.isDone();
    }

    /** Whether it ended because it was asked to: by {@link #disconnect} or a stop of the cluster. */
    public boolean exitedAfterDisconnect() {
        return exitedAfterDisconnect;
    }

    /** Completed with its end. */
    public CompletionStage<WorkerExit> exit() {
        return exit.minimalCompletionStage();
    }

    /**
     * Asks it to finish: it gets no more connections, ends what runs within the cluster's drain time, and exits. Then it
     * is made to.
     */
    public CompletionStage<WorkerExit> disconnect() {
        master.drain(this);
        return exit();
    }

    /** Ends the process at once: SIGTERM, or SIGKILL where {@code forcibly}. */
    public void kill(boolean forcibly) {
        ChildProcess started = process;
        if (started != null) {
            if (forcibly) {
                started.kill();
            } else {
                started.terminate();
            }
        }
    }

    /**
     * Says something to its program. Before it is online this waits for it, in a queue of 1 MiB; what finds no room there
     * fails at once.
     *
     * @param contentType of the program's choice, at most 255 bytes of UTF-8
     * @param bytes at most {@value ClusterMessage#MAX_BYTES}; copied
     * @return completed when the socket has taken it, on the thread {@code ncluster-answers}; exceptionally with a {@link
     *     MessageException}. Always completed, whatever becomes of the worker.
     */
    public CompletionStage<Void> send(String contentType, byte[] bytes) {
        return mail.mailbox().send(contentType, bytes);
    }

    /** The same. */
    public CompletionStage<Void> send(ClusterMessage message) {
        return mail.mailbox().send(message);
    }

    /**
     * Says something to its program, and passes it a client's connection: any TCP connection of an epoll channel of this
     * program's, of which no byte may have been read that the other program needs. See {@code docs/passing-connections.md}.
     *
     * @param channel taken off its loop, without its handlers and without any harm to its connection, and closed here when
     *     the other side has it. If the stage fails the connection is closed, too, unless the channel is still open: then
     *     nothing has happened to it
     * @return completed when the worker has both, on the thread {@code ncluster-answers}; exceptionally with a {@link
     *     MessageException}
     */
    public CompletionStage<Void> send(ClusterMessage message, Channel channel) {
        return mail.mailbox().passing().send(message, channel);
    }

    /** The same. */
    public CompletionStage<Void> send(String contentType, byte[] bytes, Channel channel) {
        return mail.mailbox().passing().send(contentType, bytes, channel);
    }

    /** Whether it is there, or may come, and less than half of the queue of messages to it is taken. A hint. */
    public boolean isWritable() {
        return mail.mailbox().isWritable();
    }

    /**
     * Asks its program, which answers by {@code ClusterWorker.onRequest}.
     *
     * @param timeout 1 ms to 24 h, from now
     * @return completed with the answer, on the thread {@code ncluster-answers}; exceptionally with a {@link
     *     MessageException}, at the end of the timeout at the latest
     */
    public CompletionStage<ClusterMessage> request(String contentType, byte[] bytes, Duration timeout) {
        return mail.mailbox().request(contentType, bytes, timeout);
    }

    /** The same. */
    public CompletionStage<ClusterMessage> request(ClusterMessage message, Duration timeout) {
        return mail.mailbox().request(message, timeout);
    }

    /**
     * Told of what its program says, one message after the other, on the thread {@code ncluster-messages}, after the
     * cluster's listeners. What came before there was any handler is told then. A {@link ClusterMessage#connection
     * connection} that came with a message and that no handler has claimed is closed when the last one returns.
     */
    public void onMessage(Consumer<ClusterMessage> handler) {
        mail.onMessage(handler);
    }

    /**
     * Answers requests of its program, in the place of the cluster's handler. Called on the thread {@code
     * ncluster-messages}; the stage may be completed anywhere.
     *
     * @throws IllegalStateException if there is one already
     */
    public void onRequest(Function<ClusterMessage, CompletionStage<ClusterMessage>> handler) {
        mail.onRequest(handler);
    }

    WorkerMail mail() {
        return mail;
    }

    /**
     * Sends its process a signal, now.
     *
     * @param signal with or without SIG: {@code SIGTERM}, {@code HUP}
     * @return whether there was a process to send it to
     * @throws IllegalArgumentException if the system has no signal of this name
     * @throws UncheckedIOException if kill(1) can't be run, or may not send it
     */
    public boolean kill(String signal) {
        ChildProcess started = process;
        return started != null && !isDead() && started.signal(signal);
    }

    void started(ChildProcess child) {
        process = child;
    }

    void online() {
        online = true;
    }

    void listening() {
        listening = true;
    }

    /** Returns whether this is news. */
    boolean ready() {
        boolean news = !ready;
        ready = true;
        return news;
    }

    /** Returns whether this is news. */
    boolean disconnected() {
        boolean news = online && !disconnected;
        disconnected = true;
        return news;
    }

    /** Returns whether this is news. */
    boolean askedToFinish() {
        boolean news = !draining;
        draining = true;
        exitedAfterDisconnect = true;
        return news;
    }

    /** Returns whether this is news: a worker may say it as often as it likes. */
    boolean drained() {
        boolean news = !drained;
        drained = true;
        return news;
    }

    void ended(WorkerExit how) {
        exit.complete(how);
    }

    /** Node's {@code worker.state}: none, online, listening, disconnected, dead. */
    public enum State {
        /** Its process runs, or is about to. */
        STARTED,
        /** It has called the master. */
        ONLINE,
        /** A server channel of it listens, or did. */
        LISTENING,
        /** Its control connection has ended. */
        DISCONNECTED,
        /** Its process has ended. */
        DEAD
    }

    @Override
    public String toString() {
        long pid = pid();
        return "worker " + id + (pid < 0 ? "" : " (pid " + pid + ")");
    }
}
