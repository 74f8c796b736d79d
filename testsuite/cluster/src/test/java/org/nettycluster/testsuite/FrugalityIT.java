package org.nettycluster.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the master costs: nothing while nobody comes, and few system calls for each who does. */
class FrugalityIT {
    private static final int CONNECTIONS = Boolean.getBoolean("ncluster.soak") ? 10_000 : 4_000;
    private static final Duration WATCHED = Duration.ofSeconds(3);

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = TestCluster.http(2);
        cluster.meet(cluster.workers());
        assertThat(Answer.failed(ClosedLoop.run(cluster.client(), 16, 2_000))).isEmpty();
        Baseline.of(cluster);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @Test
    void anIdleMasterHardlyWakes() {
        long pid = cluster.masterPid();
        long ticks = Proc.cpuTicks(pid);
        long switches = Proc.voluntarySwitches(pid);
        Await.pass(WATCHED);
        switches = Proc.voluntarySwitches(pid) - switches;
        ticks = Proc.cpuTicks(pid) - ticks;

        System.out.println(
                "an idle master in " + WATCHED + ": " + switches + " wake-ups, " + ticks + " ticks of 10 ms");
        // The JVM's own housekeeping is most of it: 20 wake-ups a second.
        assertThat(switches).isLessThanOrEqualTo(40 * WATCHED.toSeconds());
        assertThat(ticks).as("1 %% of one processor").isLessThanOrEqualTo(WATCHED.toSeconds());
    }

    @Test
    void systemCallsPerConnectionStayLow() throws IOException {
        Map<String, Double> many = systemCallsPerConnection(64, CONNECTIONS);
        Map<String, Double> single = systemCallsPerConnection(1, CONNECTIONS);

        assertThat(many.remove("close")).isBetween(0.98, 1.02);
        assertThat(many.remove("sendmsg")).isLessThanOrEqualTo(1.1);
        assertThat(many.remove("accept4")).isLessThanOrEqualTo(1.2);
        assertThat(sum(many)).as("all others at 64 clients: %s", many).isLessThanOrEqualTo(0.5);
        assertThat(single.remove("close")).isBetween(0.98, 1.02);
        assertThat(single.remove("sendmsg")).isLessThanOrEqualTo(1.1);
        assertThat(single.remove("accept4")).isLessThanOrEqualTo(1.2);
        assertThat(sum(single)).as("all others at 1 client: %s", single).isLessThanOrEqualTo(1.0);
    }

    private static Map<String, Double> systemCallsPerConnection(int clients, int connections) throws IOException {
        Map<String, Double> calls = new TreeMap<>();
        try (Strace trace = Strace.attach(cluster.masterPid(), "-c")) {
            List<Answer> answers = ClosedLoop.run(cluster.client(), clients, connections);
            assertThat(Answer.failed(answers)).isEmpty();
            trace.counts().forEach((call, count) -> calls.put(call, (double) count / connections));
        }
        // The JVM's own: its threads wait for each other, and ask who they are.
        calls.keySet().removeAll(List.of("futex", "gettid"));
        calls.keySet().removeIf(call -> calls.get(call) < 0.001);
        System.out.println("system calls of the master per connection, " + clients + " clients: " + calls);
        return calls;
    }

    private static double sum(Map<String, Double> calls) {
        return calls.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
