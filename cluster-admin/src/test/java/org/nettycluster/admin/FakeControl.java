package org.nettycluster.admin;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.nettycluster.master.ClusterStatus;
import org.nettycluster.master.ReloadOptions;
import org.nettycluster.master.ReloadProgress;
import org.nettycluster.master.ReloadReport;
import org.nettycluster.master.accept.Crowd;
import org.nettycluster.master.accept.DatagramRegistry;
import org.nettycluster.master.dispatch.ConnectionLimits;
import org.nettycluster.master.dispatch.HandoffCounters;
import org.nettycluster.master.dispatch.Overload;
import org.nettycluster.master.supervise.ReloadStep;
import org.nettycluster.master.supervise.SlotState;
import org.nettycluster.master.supervise.WorkerExit;
import org.nettycluster.protocol.WorkerId;

/** A cluster that does nothing, remembers what it was asked, and answers what the test says. */
final class FakeControl implements ClusterControl {
    static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");

    private static final ReloadReport DONE =
            new ReloadReport(ReloadReport.Outcome.DONE, null, List.of(), 0, Duration.ofMillis(1500));

    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    volatile Function<ReloadOptions, CompletionStage<ReloadReport>> reload =
            options -> CompletableFuture.completedStage(DONE);
    volatile CompletionStage<Void> answer = CompletableFuture.completedStage(null);

    @Override
    public ClusterStatus status() {
        ClusterStatus.Slot ready = new ClusterStatus.Slot(
                1,
                3,
                SlotState.READY,
                true,
                4711,
                THEN,
                THEN,
                2,
                new ClusterStatus.Traffic(5, 600),
                new WorkerExit(137, "SIGKILL"),
                List.of("hello", "world"),
                new ClusterStatus.Stall(2, THEN),
                List.of(new ClusterStatus.Beside(new WorkerId(1, 2), SlotState.DRAINING, 4700, THEN, 7)));
        ClusterStatus.Slot gone = new ClusterStatus.Slot(
                2,
                11,
                SlotState.GAVE_UP,
                false,
                -1,
                THEN,
                null,
                10,
                ClusterStatus.Traffic.NONE,
                new WorkerExit(3, null),
                List.of("the configuration is missing"),
                null,
                List.of());
        return new ClusterStatus(
                "shop",
                "1.2",
                4242,
                Duration.ofSeconds(75),
                new ClusterStatus.Limits(new ConnectionLimits(100, 0, Overload.RESET), 6),
                new ClusterStatus.Kernel(3, 5),
                List.of(new ClusterStatus.Listener(
                        InetSocketAddress.createUnresolved("::1", 8080),
                        new HandoffCounters(7, 8, 6, 1, 1, 0, 1),
                        new Crowd(2, 9, -1, 4096))),
                List.of(new DatagramRegistry.Bound(InetSocketAddress.createUnresolved("127.0.0.1", 5353), 2, 1)),
                List.of(ready, gone),
                new ClusterStatus.Change("scale to 4", THEN));
    }

    @Override
    public CompletionStage<ReloadReport> reload(ReloadOptions options) {
        asked.add("reload " + options.maxSurge() + " " + options.readyTimeout() + " " + options.bake());
        return reload.apply(options);
    }

    @Override
    public CompletionStage<Void> scale(int workers) {
        asked.add("scale " + workers);
        return answer;
    }

    @Override
    public CompletionStage<ReloadReport> restart(int slot, Consumer<ReloadProgress> progress) {
        asked.add("restart " + slot);
        progress.accept(new ReloadProgress(slot, null, new WorkerId(slot, 4), ReloadStep.STARTING));
        return CompletableFuture.completedStage(DONE);
    }

    @Override
    public CompletionStage<Void> pause(int slot) {
        asked.add("pause " + slot);
        return answer;
    }

    @Override
    public CompletionStage<Void> resume(int slot) {
        asked.add("resume " + slot);
        return answer;
    }

    @Override
    public CompletionStage<Void> kill(int slot) {
        asked.add("kill " + slot);
        return answer;
    }

    @Override
    public CompletionStage<Void> stop(boolean atOnce) {
        asked.add("stop " + atOnce);
        return answer;
    }
}
