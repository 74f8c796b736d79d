package org.nettycluster.benchmarks.faults;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;

/**
 * {@code kill -9} of the master. All loops of its workers are blocked shortly before, so that some connections lie in the
 * lanes, offered and not claimed, when it dies.
 */
final class KillMaster implements Scenario {
    private static final Duration DRAIN = Duration.ofSeconds(8);
    /** Of the drain, until a process that has not ended is ended: 5 s each to SIGTERM and to SIGKILL. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(10);

    @Override
    public String name() {
        return "kill-master";
    }

    @Override
    public String promise() {
        return "kill -9 of the master with requests of 3 s running and connections in the lanes: every running request"
                + " completes, as many as lay in the lanes are served besides, no process is left after the deadline";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        int times = stage.choose(1, 10);
        long slow = 0;
        long inLanes = 0;
        long served = 0;
        long longest = 0;
        for (int i = 0; i < times; i++) {
            RunningCluster cluster =
                    stage.cluster(2, List.of("--drain-timeout", DRAIN.toSeconds() + "s", "-J-Dloops=1"));
            URI uri = cluster.uri();
            LoadRun.builder(uri).rate(100).length(Duration.ofSeconds(2)).run();
            LoadRun slowRun = stage.load(LoadRun.builder(uri.resolve("/slow?ms=3000"))
                    .rate(40)
                    .length(Duration.ofMillis(500))
                    .build());
            RunningCluster.pause(Duration.ofMillis(700));
            LoadRun blocked = stage.load(LoadRun.builder(uri.resolve("/block?ms=1500"))
                    .rate(100)
                    .length(Duration.ofMillis(20))
                    .build());
            RunningCluster.pause(Duration.ofMillis(200));
            LoadRun waiting = stage.load(LoadRun.builder(uri)
                    .rate(100)
                    .length(Duration.ofMillis(120))
                    .build());
            RunningCluster.pause(Duration.ofMillis(300));
            List<ProcessHandle> workers = cluster.workers();
            JsonObject listener = cluster.listener();
            // Offered once too often for each that was taken back.
            long lying = listener.number("offered")
                    - listener.number("claimed")
                    - listener.number("refused")
                    - listener.number("revoked");
            long from = System.nanoTime();
            cluster.master().destroyForcibly().waitFor();
            stage.say("killed the master: " + lying + " connections lie in the lanes, " + workers.size()
                    + " processes are there");
            Report slowReport = slowRun.report().join();
            Report blockedReport = blocked.report().join();
            Report waitingReport = waiting.report().join();
            long ok = waitingReport.count(Outcome.OK);
            stage.say(
                    slowReport.count(Outcome.OK) + " of " + slowReport.attempts() + " running requests completed, and "
                            + blockedReport.count(Outcome.OK) + " of " + blockedReport.attempts() + " that blocked; of "
                            + waitingReport.attempts() + " that waited " + ok + " were served");
            Duration deadline = DRAIN.plus(AFTERWARDS);
            while (workers.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() - from < deadline.toNanos()) {
                RunningCluster.pause(Duration.ofMillis(20));
            }
            long ended = (System.nanoTime() - from) / 1_000_000;
            long left = workers.stream().filter(ProcessHandle::isAlive).count();
            stage.say("no process is left after " + ended + " ms" + (left == 0 ? "" : ", but " + left));
            verdict.require(workers.size() >= 2, "the workers' processes were not found")
                    .require(slowReport.failed() == 0, slowReport.failed() + " running requests were cut")
                    .require(blockedReport.failed() == 0, blockedReport.failed() + " running requests were cut")
                    .require(ok >= lying, lying + " lay in the lanes, but only " + ok + " were served")
                    .require(lying > 0, "nothing lay in the lanes")
                    .require(left == 0, left + " processes are left");
            slow += slowReport.attempts() + blockedReport.attempts();
            inLanes += lying;
            served += ok;
            longest = Math.max(longest, ended);
            cluster.close();
        }
        verdict.figure("kills", times)
                .figure("running requests", slow)
                .figure("in the lanes", inLanes)
                .figure("of those that waited, served", served)
                .figure("last process gone after ms, at most", longest);
    }
}
