package org.nettycluster.worker;

import io.netty.channel.EventLoop;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

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
    private final List<ClusterServerSocketChannel> servers;
    private final Duration deadline;
    private final boolean orphaned;
    private final Runnable drained;
    private final long started = System.nanoTime();

    private int openLanes;
    private int runningHooks;
    private boolean done;

    /**
     * @param orphaned the master is dead: what lies in the lanes is ours to serve
     * @param drained runs when all is done, before the server channels close
     */
    DrainRun(
            EventLoop loop,
            List<ClusterServerSocketChannel> servers,
            Duration deadline,
            boolean orphaned,
            Runnable drained) {
        this.loop = loop;
        this.servers = servers;
        this.deadline = deadline;
        this.orphaned = orphaned;
        this.drained = drained;
    }

    void start(List<Supplier<CompletionStage<?>>> hooks) {
        loop.schedule(this::deadlinePassed, deadline.toMillis(), TimeUnit.MILLISECONDS);
        openLanes = servers.size();
        for (ClusterServerSocketChannel server : servers) {
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
            Duration left = deadline.minusNanos(System.nanoTime() - started);
            Duration told = left.isNegative() ? Duration.ZERO : left;
            servers.forEach(server -> server.tellChildren(new ClusterDraining(told)));
            check();
        }
    }

    void check() {
        if (!done
                && openLanes == 0
                && runningHooks == 0
                && servers.stream().allMatch(server -> server.children().isEmpty())) {
            finish();
        }
    }

    private void deadlinePassed() {
        if (done) {
            return;
        }
        List<ClaimGate> late = servers.stream()
                .flatMap(server -> server.children().stream())
                .filter(ClaimGate::claimed)
                .toList();
        if (!late.isEmpty()) {
            LOGGER.warn(
                    "{} connections are still open {} ms after the drain began (the deadline): closing them",
                    late.size(),
                    deadline.toMillis());
            late.forEach(gate -> gate.child().close());
        }
        if (runningHooks > 0) {
            LOGGER.warn("{} drain hooks have not ended within {} ms: not waiting", runningHooks, deadline.toMillis());
        }
        finish();
    }

    private void finish() {
        done = true;
        drained.run();
        servers.forEach(ClusterServerSocketChannel::close);
    }
}
