package org.nettycluster.benchmarks.faults;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;

/**
 * F14, F15, F16: system calls of the hand-off fail, one kind after the other, under load. All must be served, and all
 * threads must live.
 */
final class InjectedErrno implements Scenario {
    private static final int WORKERS = 2;
    private static final double RATE = 200;
    private static final int FAILURES = 20;
    private static final Duration AT_ONCE = Duration.ofMillis(20);

    private static final List<Fault> FAULTS = List.of(
            new Fault(true, "sendmsg", List.of("ETOOMANYREFS", "EAGAIN", "ENOBUFS", "ENOMEM", "EINTR")),
            new Fault(true, "accept4", List.of("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EINTR", "ECONNABORTED")),
            new Fault(true, "epoll_ctl", List.of("ENOMEM", "ENOSPC")),
            new Fault(false, "recvmsg", List.of("EAGAIN", "EINTR")),
            new Fault(false, "epoll_ctl", List.of("ENOSPC", "ENOMEM")));

    private record Fault(boolean inMaster, String call, List<String> errors) {}

    @Override
    public String name() {
        return "injected-errno";
    }

    @Override
    public String promise() {
        return "sendmsg, accept4 and epoll_ctl of the master and recvmsg and epoll_ctl of the workers fail " + FAILURES
                + " times in a row with each errno (short: the first of each): none fails, no process and no thread of"
                + " Netty ends, the next ones are served as before; ETOOMANYREFS on an idle cluster delays by less than "
                + AT_ONCE.toMillis() + " ms";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        RunningCluster cluster = stage.cluster(WORKERS, List.of());
        URI uri = cluster.uri();
        LoadRun.builder(uri).rate(RATE).length(Duration.ofSeconds(5)).run();
        long master = cluster.master().pid();
        List<Long> workers = new ArrayList<>();
        for (JsonObject slot : cluster.slots()) {
            workers.add(slot.number("pid"));
        }
        alone(stage, verdict, uri, master);
        long attempts = 0;
        long failed = 0;
        long injected = 0;
        List<String> loops = loops(master, workers);
        for (Fault fault : FAULTS) {
            for (String error : stage.isShort() ? fault.errors.subList(0, 1) : fault.errors) {
                String what = fault.call + " of " + (fault.inMaster ? "the master" : "the workers") + " with " + error;
                LoadRun load = stage.load(LoadRun.builder(uri)
                        .rate(RATE)
                        .timeout(Duration.ofSeconds(20))
                        .build());
                Strace strace = Strace.inject(
                        stage,
                        fault.inMaster ? List.of(master) : workers,
                        fault.call,
                        "error=" + error + ":when=" + (fault.inMaster ? 10 : 4) + ".."
                                + ((fault.inMaster ? 9 : 3) + FAILURES));
                for (int i = 0; i < 20; i++) {
                    if (fault.inMaster && fault.call.equals("epoll_ctl")) {
                        // It calls that only to stop accepting and to go on, and it stops only if nobody can serve.
                        standStill(workers);
                    }
                    RunningCluster.pause(Duration.ofMillis(100));
                }
                long times = strace.end();
                Report during = load.stop();
                Report after = LoadRun.builder(uri)
                        .rate(RATE)
                        .length(Duration.ofMillis(500))
                        .run();
                stage.say(String.format(
                        Locale.ROOT,
                        "%s %d times: %d of %d failed, max %.0f ms; afterwards %d of %d, max %.0f ms",
                        what,
                        times,
                        during.failed(),
                        during.attempts(),
                        Watched.percentile(during.toBody(), 100),
                        after.failed(),
                        after.attempts(),
                        Watched.percentile(after.toBody(), 100)));
                during.failures().stream().limit(3).forEach(failure -> stage.say(failure.toString()));
                attempts += during.attempts() + after.attempts();
                failed += during.failed() + after.failed();
                injected += times;
                verdict.require(during.failed() == 0, what + " cost " + during.failed())
                        .require(after.failed() == 0, "after " + what + " " + after.failed() + " failed")
                        .require(times > 0, what + " never happened")
                        .require(
                                Watched.percentile(after.toBody(), 99) < 200,
                                "after " + what + " service is not as before");
            }
        }
        List<String> now = loops(master, workers);
        verdict.figure("connections", attempts)
                .figure("failed", failed)
                .figure("calls that failed", injected)
                .require(now.equals(loops), "loops were " + loops + " and are " + now)
                .require(
                        cluster.slots().stream().allMatch(slot -> workers.contains(slot.number("pid"))),
                        "a worker has ended");
    }

    private static void standStill(List<Long> workers) throws Exception {
        for (long worker : workers) {
            new Vitals(worker).signal("STOP");
        }
        RunningCluster.pause(Duration.ofMillis(100));
        for (long worker : workers) {
            new Vitals(worker).signal("CONT");
        }
    }

    /** One client at a time, whose first offer fails. */
    private static void alone(Stage stage, Verdict verdict, URI uri, long master) throws Exception {
        int clients = 20;
        Watched watched = new Watched(ended -> true);
        Strace strace = Strace.inject(stage, List.of(master), "sendmsg", "error=ETOOMANYREFS:when=1+2");
        Report report = LoadRun.builder(uri)
                .rate(10)
                .length(Duration.ofMillis(clients * 100L))
                .observer(watched)
                .run();
        long times = strace.end();
        double longest = watched.soFar().stream()
                        .mapToLong(each -> each.answered() - each.due())
                        .max()
                        .orElse(0)
                / 1e6;
        stage.say(String.format(
                Locale.ROOT,
                "ETOOMANYREFS %d times with one client at a time: %s, p50 %.1f ms, max %.1f ms",
                times,
                report.outcomes(),
                Watched.percentile(report.toBody(), 50),
                longest));
        verdict.figure("ETOOMANYREFS alone, the longest in ms", String.format(Locale.ROOT, "%.1f", longest))
                .require(report.count(Outcome.OK) == report.attempts(), "ETOOMANYREFS alone: " + report.outcomes())
                .require(times >= clients - 1, "ETOOMANYREFS alone happened only " + times + " times")
                .require(longest <= AT_ONCE.toMillis(), "ETOOMANYREFS alone took " + longest + " ms");
    }

    /** Threads that must not end, by their names. */
    private static List<String> loops(long master, List<Long> workers) throws Exception {
        List<String> all = new ArrayList<>(new Vitals(master).threads());
        for (long worker : workers) {
            all.addAll(new Vitals(worker).threads());
        }
        return all.stream()
                .filter(name -> name.startsWith("ncluster") || name.startsWith("multiThread"))
                .sorted()
                .toList();
    }
}
