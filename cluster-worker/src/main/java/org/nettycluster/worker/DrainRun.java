package org.nettycluster.worker;

import io.netty.channel.EventLoop;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.nettycluster.protocol.Drain;

/**
 * One drain, from the closing of the lanes to the closing of the server channels. On the control loop.
 *
 * <p>The server channels stay open until the last child has ended: an ordinary main waits for their close future and
 * then shuts the loops down, which would cut every running request.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class DrainRun {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(DrainRun.class);

    private final EventLoop loop;
    private final List<ClusterServerChannel> servers;
    private final Duration deadline;
    private final Duration idle;
    private final boolean orphaned;
    private final IntConsumer drained;
    private final long started = System.nanoTime();

    private int openLanes;
    private int runningHooks;
    private boolean done;

    /**
     * @param terms how long connections may take
     * @param orphaned the master is dead: what lies in the lanes is ours to serve
     * @param drained takes the number of connections closed by force, when all is done and before the server channels
     *     close
     */
    DrainRun(EventLoop loop, List<ClusterServerChannel> servers, Drain terms, boolean orphaned, IntConsumer drained) {
        this.loop = loop;
        this.servers = servers;
        this.deadline = Duration.ofMillis(terms.deadlineMillis());
        this.idle = Duration.ofMillis(terms.idleMillis());
        this.orphaned = orphaned;
        this.drained = drained;
    }

    void start(List<Supplier<CompletionStage<?>>> hooks) {
        loop.schedule(this::deadlinePassed, deadline.toMillis(), TimeUnit.MILLISECONDS);
        openLanes = servers.size();
        for (ClusterServerChannel server : servers) {
            try {
                server.drain(orphaned, () -> loop.execute(this::laneClosed));
            } catch (RejectedExecutionException e) {
                openLanes--;
            }
        }
        hooks.forEach(this::run);
        if (openLanes == 0) {
            check();
        }
    }

    void run(Supplier<CompletionStage<?>> hook) {
        if (done) {
            return;
        }
        runningHooks++;
        CompletionStage<?> stage;
        try {
            stage = hook.get();
        } catch (RuntimeException e) {
            LOGGER.warn("a drain hook failed; the drain goes on", e);
            runningHooks--;
            return;
        }
        stage.whenComplete((result, failure) -> {
            if (failure != null) {
                LOGGER.warn("a drain hook failed; the drain goes on", failure);
            }
            loop.execute(() -> {
                runningHooks--;
                check();
            });
        });
    }

    private void laneClosed() {
        if (--openLanes == 0) {
            ClusterDraining notice = new ClusterDraining(left(), idle);
            servers.forEach(server -> server.tellChildren(notice));
            check();
        }
    }

    /** How long this drain may still take. */
    Duration left() {
        Duration left = deadline.minusNanos(System.nanoTime() - started);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Whether the server channels close already. */
    boolean isDone() {
        return done;
    }

    void check() {
        if (!done
                && openLanes == 0
                && runningHooks == 0
                && servers.stream().allMatch(server -> server.children().isEmpty())) {
            finish(0);
        }
    }

    private void deadlinePassed() {
        if (done) {
            return;
        }
        List<ServedChild> late = servers.stream()
                .flatMap(server -> server.children().stream())
                .filter(ServedChild::claimed)
                .toList();
        if (!late.isEmpty()) {
            LOGGER.warn(
                    "{} connections are still open {} ms after the drain began (the deadline): closing them",
                    late.size(),
                    deadline.toMillis());
            late.forEach(ServedChild::closeByForce);
        }
        if (runningHooks > 0) {
            LOGGER.warn("{} drain hooks have not ended within {} ms: not waiting", runningHooks, deadline.toMillis());
        }
        finish(late.size());
    }

    private void finish(int forced) {
        done = true;
        drained.accept(forced);
        servers.forEach(ClusterServerChannel::close);
    }
}
