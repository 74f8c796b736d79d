package org.nettycluster.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerEnvironmentTest {
    private static final Set<String> FOUR =
            Set.of("NCLUSTER_SOCKET", "NCLUSTER_WORKER", "NCLUSTER_TOKEN", "NCLUSTER_MASTER_PID");
    private static final String SECRET = "00ff102030405060708090a0b0c0d0e0";

    @Test
    void readsWhatItWrote() {
        WorkerEnvironment written = new WorkerEnvironment(
                Path.of("/run/user/1000/x/control"),
                new WorkerId(3, 2),
                Token.parse(SECRET),
                4711,
                Readiness.EXPLICIT,
                MasterLoss.EXIT,
                Duration.ofMillis(1500));
        Map<String, String> variables = new HashMap<>(Map.of("PATH", "/bin"));
        written.putInto(variables);
        assertThat(variables)
                .isEqualTo(Map.of(
                        "PATH", "/bin",
                        "NCLUSTER_SOCKET", "/run/user/1000/x/control",
                        "NCLUSTER_WORKER", "3.2",
                        "NCLUSTER_TOKEN", SECRET,
                        "NCLUSTER_MASTER_PID", "4711",
                        "NCLUSTER_READY", "explicit",
                        "NCLUSTER_ON_MASTER_LOST", "exit",
                        "NCLUSTER_DRAIN_TIMEOUT", "1500",
                        "NCLUSTER_SLOT", "3",
                        "NCLUSTER_GENERATION", "2"));
        assertThat(WorkerEnvironment.read(variables)).contains(written);
    }

    @Test
    void whatMayBeMissingHasADefault() {
        Map<String, String> variables = complete();
        variables.keySet().retainAll(FOUR);
        WorkerEnvironment read = WorkerEnvironment.read(variables).orElseThrow();
        assertThat(read.readiness()).isEqualTo(Readiness.BIND);
        assertThat(read.masterLoss()).isEqualTo(MasterLoss.DRAIN);
        assertThat(read.drainTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(WorkerEnvironment.read(complete())).contains(read);
    }

    @Test
    void whatMayBeMissingMakesNoWorker() {
        Map<String, String> variables = complete();
        variables.keySet().removeAll(FOUR);
        assertThat(variables).isNotEmpty();
        assertThat(WorkerEnvironment.read(variables)).isEmpty();
    }

    @Test
    void anOrdinaryProcessIsNoWorker() {
        assertThat(WorkerEnvironment.read(Map.of())).isEmpty();
        assertThat(WorkerEnvironment.read(Map.of("PATH", "/bin", "NCLUSTER_OTHER", "x")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NCLUSTER_SOCKET", "NCLUSTER_WORKER", "NCLUSTER_TOKEN", "NCLUSTER_MASTER_PID"})
    void aMissingVariableIsNamed(String name) {
        Map<String, String> variables = complete();
        variables.remove(name);
        refused(variables, name + " is not set");
        variables.put(name, "");
        refused(variables, name + " is not set");
        refused(Map.of(name, complete().get(name)), " is not set");
    }

    @ParameterizedTest
    @CsvSource({
        "NCLUSTER_SOCKET, 'a\0b'",
        "NCLUSTER_WORKER, 3.2.1",
        "NCLUSTER_WORKER, 0",
        "NCLUSTER_TOKEN, 00ff102030405060708090a0b0c0d0e",
        "NCLUSTER_TOKEN, 00ff102030405060708090a0b0c0d0eg",
        "NCLUSTER_MASTER_PID, x",
        "NCLUSTER_MASTER_PID, 0",
        "NCLUSTER_MASTER_PID, -4711",
        "NCLUSTER_MASTER_PID, 99999999999999999999",
        "NCLUSTER_READY, soon",
        "NCLUSTER_READY, ''",
        "NCLUSTER_ON_MASTER_LOST, EXIT",
        "NCLUSTER_DRAIN_TIMEOUT, -1",
        "NCLUSTER_DRAIN_TIMEOUT, 30s"
    })
    void aMalformedVariableIsNamed(String name, String value) {
        Map<String, String> variables = complete();
        variables.put(name, value);
        refused(variables, name);
    }

    @Test
    void printingItHidesTheSecret() {
        assertThat(WorkerEnvironment.read(complete()).orElseThrow().toString()).doesNotContain(SECRET);
    }

    private static void refused(Map<String, String> variables, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WorkerEnvironment.read(variables))
                .withMessageContaining(why)
                .satisfies(e -> {
                    for (Throwable t = e; t != null; t = t.getCause()) {
                        assertThat(t.getMessage()).doesNotContain(SECRET.substring(0, 8));
                    }
                });
    }

    private static Map<String, String> complete() {
        Map<String, String> variables = new HashMap<>();
        new WorkerEnvironment(Path.of("/run/control"), new WorkerId(7, 0), Token.parse(SECRET), 1).putInto(variables);
        return variables;
    }
}
