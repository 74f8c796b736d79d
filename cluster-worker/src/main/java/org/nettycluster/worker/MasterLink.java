package org.nettycluster.worker;

import io.netty.channel.ChannelException;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.BindException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Drained;
import org.nettycluster.protocol.FirstLine;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.Leave;
import org.nettycluster.protocol.ListenFailed;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.Readiness;
import org.nettycluster.protocol.Ready;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.Unlisten;
import org.nettycluster.protocol.WorkerEnvironment;

/**
 * What a worker knows of its master: the control connection, the listeners asked for, and whether it drains.
 *
 * <p>Its state belongs to the control loop, a thread of its own; methods may be called from any thread and send a task
 * there. Owns that loop and the connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class MasterLink {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(MasterLink.class);
    /** The control connection of a dead master reaches its end within this time of a lane. */
    private static final long LANE_GRACE_MILLIS = 500;
    /** And an answer to a bind within this one. */
    private static final long LAST_ANSWERS_MILLIS = 1000;

    private final WorkerEnvironment environment;
    private final Orphan orphan;
    private final ControlLoop loop = new ControlLoop();
    private final WelcomeWait welcome = new WelcomeWait();
    private final CompletableFuture<Void> draining = new CompletableFuture<>();
    private final AtomicBoolean ready = new AtomicBoolean();
    final ConnectionCount connections = new ConnectionCount();
    private final Binds binds = new Binds();
    private final Watcher watcher;
    private final WorkerMail mail;
    private final Datagrams datagrams = new Datagrams(this);
    private final List<Supplier<CompletionStage<?>>> hooks = new ArrayList<>();
    private @Nullable DrainRun drain;
    private boolean masterLost;
    private boolean closing;
    private volatile @Nullable ControlConnection control;

    private MasterLink(WorkerEnvironment environment, boolean wholeProcess) {
        this.environment = environment;
        this.orphan = new Orphan(environment, wholeProcess);
        this.watcher = new Watcher(loop.loop());
        this.mail = new WorkerMail(loop.loop());
    }

    /**
     * @param wholeProcess this process is the worker, so that it ends when its master does
     * @throws ChannelException naming the worker, the socket and the cause
     */
    static MasterLink connect(WorkerEnvironment environment, boolean wholeProcess) {
        FirstLine.write(LOGGER, "a worker");
        MasterLink link = new MasterLink(environment, wholeProcess);
        try {
            link.open();
            return link;
        } catch (RuntimeException | Error e) {
            link.close();
            throw e;
        }
    }

    private void open() {
        String who = "worker " + environment.worker() + " can't reach its master at " + environment.socket();
        control = ControlConnection.open(
                who, environment.socket().toString(), loop.loop(), new ControlHandler(this, mail.mailbox()));
        welcome.await(who);
    }

    WorkerEnvironment environment() {
        return environment;
    }

    Watcher watcher() {
        return watcher;
    }

    WorkerMail mail() {
        return mail;
    }

    Datagrams datagrams() {
        return datagrams;
    }

    CompletionStage<Void> draining() {
        return draining.minimalCompletionStage();
    }

    /** Asks the master for a listener. Completes on the control loop; a failure is a {@link BindException}. */
    CompletableFuture<Listening> listen(
            ClusterServerChannel server, SocketAddress address, Map<ServerOption, Integer> options) {
        CompletableFuture<Listening> answer = new CompletableFuture<>();
        if (!loop.execute(() -> ask(server, address, options, answer))) {
            answer.completeExceptionally(Binds.refusal(address, "the worker is closed"));
        }
        return answer;
    }

    private void ask(
            ClusterServerChannel server,
            SocketAddress address,
            Map<ServerOption, Integer> options,
            CompletableFuture<Listening> answer) {
        if (masterLost || closing) {
            answer.completeExceptionally(
                    Binds.refusal(address, closing ? "the worker is closed" : "the master is gone"));
        } else if (drain != null) {
            answer.completeExceptionally(Binds.refusal(address, "worker " + environment.worker() + " is draining"));
        } else {
            send(binds.ask(server, address, options, answer));
        }
    }

    void onWelcome() {
        welcome.came();
    }

    void onListening(Listening listening) {
        CompletableFuture<Listening> answer = binds.grant(listening);
        if (answer == null) {
            if (!closing) {
                LOGGER.warn("master answers with {} what worker {} never asked", listening, environment.worker());
            }
            send(new Unlisten(listening.listener()));
            endIfAnswered();
        } else if (drain != null) {
            answer.completeExceptionally(binds.refusal(listening, "worker " + environment.worker() + " is draining"));
            unlisten(listening.listener());
        } else {
            answer.complete(listening);
        }
    }

    void onListenFailed(ListenFailed failed) {
        binds.fail(failed);
        endIfAnswered();
    }

    /** The server channel is closed, or never came to be. */
    void unlisten(int listener) {
        loop.execute(() -> {
            if (binds.release(listener)) {
                send(new Unlisten(listener));
            }
        });
    }

    /** A lane is open, or a UDP socket is there. */
    void bound() {
        if (environment.readiness() == Readiness.BIND) {
            ready();
        }
    }

    void ready() {
        if (ready.compareAndSet(false, true)) {
            send(new Ready());
        }
    }

    void onDrain(Supplier<CompletionStage<?>> hook) {
        loop.execute(() -> {
            hooks.add(hook);
            if (drain != null) {
                drain.run(hook);
            }
        });
    }

    /** The master is to drain us. */
    void leave() {
        loop.execute(() -> {
            if (drain == null) {
                send(new Leave());
            }
        });
    }

    void onUnrecognised(int type) {
        binds.unrecognised(type);
        if (type == Leave.TYPE) {
            // A master of an earlier version. It learns of our end by our Unlisten, and takes the exit for a crash.
            onDrain(new Drain(environment.drainTimeout().toMillis()));
        }
    }

    boolean isConnected() {
        ControlConnection connection = control;
        return connection != null && connection.isActive() && welcome.hasCome();
    }

    void onDrain(Drain frame) {
        if (drain == null) {
            startDrain(frame, false);
        }
    }

    private void startDrain(Drain terms, boolean orphaned) {
        datagrams.drain(orphaned);
        drain = new DrainRun(loop.loop(), binds.servers(), terms, orphaned, this::drained);
        drain.start(hooks);
        draining.complete(null);
    }

    private void drained(int forced) {
        if (masterLost) {
            orphan.drained(binds.servers());
        } else {
            send(new Drained(forced));
            datagrams.close();
        }
    }

    /** A child of a draining server channel has ended. */
    void childEnded() {
        loop.execute(() -> {
            if (drain != null) {
                drain.check();
            }
        });
    }

    /** The master closed this lane, or is dead. */
    void laneClosed(ClusterServerChannel server) {
        loop.schedule(
                () -> {
                    if (!masterLost && drain == null) {
                        server.fail("the master has closed its lane");
                    }
                },
                LANE_GRACE_MILLIS);
    }

    void onMasterLost(@Nullable String reason) {
        masterLost = true;
        String why = reason == null ? "the master has closed the control connection" : reason;
        mail.mailbox().ended(closing ? "this worker was closed" : why);
        boolean neverWelcome = welcome.failed(why);
        binds.failAll("the master is gone");
        if (!closing && !neverWelcome) {
            orphaned(why);
        }
    }

    private void orphaned(String why) {
        DrainRun running = drain;
        if (orphan.endsAtOnce()) {
            orphan.begins(why, Duration.ZERO);
            orphan.cut(binds.servers());
            datagrams.close();
            draining.complete(null);
        } else if (running == null) {
            orphan.begins(why, environment.drainTimeout());
            startDrain(new Drain(environment.drainTimeout().toMillis()), true);
        } else {
            orphan.begins(why, running.left());
            if (running.isDone()) {
                orphan.drained(binds.servers());
            }
        }
    }

    /** Leaves the listeners, closes the server channels, then the connection. */
    void close() {
        loop.execute(() -> {
            if (closing) {
                return;
            }
            closing = true;
            datagrams.close();
            // They close on their own loops, maybe when the connection is gone: it would not say any more who has left.
            binds.releaseAll().forEach((listener, server) -> {
                send(new Unlisten(listener));
                server.close();
            });
            // What the master is just binding for us must be left, too, or its clients wait for nobody.
            if (!isConnected() || binds.failAll("the worker is closed") == 0) {
                end();
            } else {
                loop.schedule(this::end, LAST_ANSWERS_MILLIS);
            }
        });
    }

    private void endIfAnswered() {
        if (closing && binds.lastIsAnswered()) {
            end();
        }
    }

    private void end() {
        ControlConnection connection = control;
        if (connection != null) {
            connection.close();
        }
        mail.close();
        // Told from outside, the loop would close the connection before it runs what was queued earlier.
        loop.end();
    }

    private void send(Frame frame) {
        ControlConnection connection = control;
        if (connection != null) {
            connection.send(frame);
        }
    }
}
