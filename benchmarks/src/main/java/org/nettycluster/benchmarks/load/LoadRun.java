package org.nettycluster.benchmarks.load;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client that makes attempts at a stated rate and says how each one ended.
 *
 * <p>Everything happens on one event loop, which the run owns from {@link #start} until the report is there; the methods
 * here may be called from any thread but that one. A run can be used once.
 */
public final class LoadRun {
    private final LoadPlan plan;
    private final Consumer<Ended> observer;
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final Wire wire;
    private final String nonces = Long.toString(ThreadLocalRandom.current().nextLong(1L << 40, 1L << 41), 36) + '-';
    private final CompletableFuture<Void> counting = new CompletableFuture<>();
    private final CompletableFuture<Report> report = new CompletableFuture<>();
    // The loop's.
    private Ledger ledger;
    private @Nullable Pacer pacer;
    private boolean stopped;

    /** Does nothing yet. */
    public LoadRun(LoadPlan plan) {
        this(plan, ended -> {});
    }

    /**
     * Does nothing yet.
     *
     * @param observer told on the run's loop how each counted attempt ended
     */
    public LoadRun(LoadPlan plan, Consumer<Ended> observer) {
        this.plan = plan;
        this.observer = observer;
        this.ledger = new Ledger(plan, ended -> {}, System.nanoTime());
        InetSocketAddress target = plan.target();
        this.group =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("load", true), EpollIoHandler.newFactory());
        this.loop = group.next();
        this.wire = Wire.of(plan, new Dialer(loop, target, () -> ledger));
    }

    /** Where to, as {@link LoadPlan#uri}. */
    public static LoadRunBuilder builder(URI uri) {
        return new LoadRunBuilder(uri);
    }

    /** From the first attempt to the end of the last. */
    public Report run() {
        return start().report().join();
    }

    /** Begins, warm-up first. */
    public LoadRun start() {
        loop.execute(this::warmUp);
        return this;
    }

    /** Completes when the warm-up is over and attempts count. */
    public CompletableFuture<Void> counting() {
        return counting.copy();
    }

    /** Completes when the last attempt has ended. */
    public CompletableFuture<Report> report() {
        return report.copy();
    }

    /** What has been counted by now. */
    public Report soFar() {
        try {
            return CompletableFuture.supplyAsync(() -> ledger.report(System.nanoTime()), loop)
                    .join();
        } catch (RejectedExecutionException e) {
            // It has just come to its end.
            return report.join();
        }
    }

    /** Begins no more attempts and waits for those under way, at most for the timeout. */
    public Report stop() {
        try {
            loop.execute(() -> {
                stopped = true;
                if (pacer == null) {
                    end();
                } else {
                    pacer.stop();
                }
            });
        } catch (RejectedExecutionException e) {
            // It has come to its end by itself.
        }
        return report.join();
    }

    private void warmUp() {
        long most = plan.warmUpAttempts() > 0 ? plan.warmUpAttempts() : Long.MAX_VALUE;
        Duration length = plan.warmUpAttempts() > 0 ? null : plan.warmUp();
        pace("w", 1, length, most, ended -> {}, this::count);
    }

    private void count() {
        if (stopped) {
            ledger = new Ledger(plan, observer, System.nanoTime());
            end();
        } else {
            pace("", 0, plan.length(), Long.MAX_VALUE, observer, this::end);
            counting.complete(null);
        }
    }

    private void pace(
            String prefix, int salt, @Nullable Duration length, long most, Consumer<Ended> told, Runnable next) {
        ledger = new Ledger(plan, told, System.nanoTime());
        pacer = new Pacer(
                loop,
                wire,
                ledger,
                plan.arrivals(salt),
                nonces + prefix,
                plan.timeout().toNanos(),
                length == null ? Long.MAX_VALUE : length.toNanos(),
                most,
                next);
        if (stopped) {
            pacer.stop();
        }
        pacer.run();
    }

    private void end() {
        Report result = ledger.report(System.nanoTime());
        wire.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).addListener(closed -> {
            counting.complete(null);
            report.complete(result);
        });
    }
}
