package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.nettycluster.benchmarks.faults.Stalled.How;

/**
 * A fault whose judge is the workers' own record: the master is this JVM, the workers are recording servers. Stateless.
 *
 * @param body does it, briefly or in full
 */
record RecordedFault(String name, String promise, Body body) implements Scenario {
    private static final String STALL_PROMISE =
            " at 500 connections/s: what they had not claimed is answered and closed"
                    + " within 25 ms + p99.9 of the quiet part, p99 is at most twice that of the quiet part (of 500 and more),"
                    + " nothing is served twice";

    /** What is done. */
    interface Body {
        Finding run(Stage stage) throws IOException, InterruptedException;
    }

    /** All of this kind. */
    static List<Scenario> all() {
        return List.of(
                new RecordedFault(
                        "kill-claimed",
                        "kill -9 of a random worker of 4 once a second (-Dfaults.rate=N a second): each failed attempt had"
                                + " been claimed by a victim, nothing runs twice, no descriptor is left",
                        stage -> KillClaimed.run(
                                stage.choose(3, 200),
                                Integer.getInteger("faults.rate", stage.choose(1000, 5000)),
                                stage.choose(Duration.ofSeconds(1), Duration.ofSeconds(8)),
                                seed())),
                new RecordedFault(
                        "kill-in-lane",
                        "a worker with a sibling is stopped, filled and killed: all it held is served once, every byte, p99"
                                + " extra <= 50 ms",
                        stage -> KillInLane.besideSiblings(stage.choose(20, 1000), seed())),
                new RecordedFault(
                        "kill-in-only-lane",
                        "the only worker is stopped, filled and killed: all it held is served once by its successor, every"
                                + " byte, p99 extra <= 50 ms",
                        stage -> KillInLane.asTheOnlyWorker(stage.choose(5, 1000), seed())),
                new RecordedFault(
                        "stopped-1s", "1 of 4 workers is stopped for 1 s" + STALL_PROMISE, stall(How.STOPPED, 1, 1, 1)),
                new RecordedFault(
                        "stopped-10s",
                        "1 of 4 workers is stopped for 10 s (short: 1 s)" + STALL_PROMISE,
                        stall(How.STOPPED, 1, 10, 1)),
                new RecordedFault(
                        "three-stopped",
                        "3 of 4 workers are stopped for 10 s (short: 1 s)" + STALL_PROMISE,
                        stall(How.STOPPED, 3, 10, 1)),
                new RecordedFault(
                        "blocked-loop",
                        "a child loop of 1 of 4 workers is blocked for 10 s (short: 1 s)" + STALL_PROMISE,
                        stall(How.BLOCKED_LOOP, 1, 10, 1)),
                new RecordedFault(
                        "safepoint",
                        "1 of 4 workers is in a safepoint for 2 s, five times (short: 1 s, once)" + STALL_PROMISE,
                        stall(How.SAFEPOINT, 1, 2, 5)),
                new RecordedFault(
                        "stop-and-go",
                        "up to 3 of 4 workers are stopped at random and go on, 60 s (short: 3) at 500 connections/s: nothing"
                                + " is served twice, nothing is lost or fails",
                        stage -> StopAndGo.run(
                                stage.choose(Duration.ofSeconds(1), Duration.ofSeconds(8)),
                                stage.choose(Duration.ofSeconds(3), Duration.ofSeconds(60)),
                                seed())),
                new RecordedFault(
                        "grandchild",
                        "a worker crashes and leaves a process that holds its sockets (-XX:OnError): what it had not claimed"
                                + " is served within 100 ms of its end; a process that Java starts holds none",
                        stage -> Grandchild.run(stage, stage.choose(3, 30))),
                new RecordedFault(
                        "fuzz-sockets",
                        "100,000 frames of nonsense (-Dfaults.rate=N a second) from strangers and from workers turned bad:"
                                + " no request fails, no descriptor or listener is left, p99 <= 1.5 x that without",
                        stage -> FuzzSockets.run(
                                stage,
                                stage.choose(5_000, 100_000),
                                Integer.getInteger("faults.rate", 1_500),
                                seed())));
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws IOException, InterruptedException {
        Finding finding = body.run(stage);
        verdict.figure("figures:", finding.figures());
        finding.broken().forEach(broken -> verdict.require(false, broken));
    }

    private static Body stall(How how, int workers, int seconds, int times) {
        return stage -> Stalled.run(
                how,
                workers,
                Duration.ofSeconds(stage.choose(1, seconds)),
                stage.choose(1, times),
                Duration.ofSeconds(stage.choose(8, 30)));
    }

    private static long seed() {
        return Long.getLong("faults.seed", System.nanoTime() & 0xfffff);
    }
}
