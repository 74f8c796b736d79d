package org.nettycluster.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The fault runner as anybody runs it. Beside other work only its counts mean something (lost, served twice, left behind),
 * so that is what its short forms are run for here; the soak profile runs the short form of everything.
 */
class FaultRunnerIT {
    private static final boolean SOAK = Boolean.getBoolean("ncluster.soak");
    private static final List<String> COUNTING = List.of("kill-claimed", "stop-and-go");

    @Test
    @Timeout(1_800)
    void nothingIsLostServedTwiceOrLeftBehindUnderFaults() throws IOException, InterruptedException {
        Path root = Path.of(System.getProperty("ncluster.root", ".")).toAbsolutePath();
        assertThat(root.resolve("benchmarks/target/benchmarks.jar"))
                .as("mvn package -pl benchmarks,cluster-cli,examples/http -am builds it")
                .satisfies(jar -> assertThat(Files.isRegularFile(jar)).isTrue());
        List<String> line = new ArrayList<>(
                List.of(root.resolve("benchmarks").resolve("faults").toString(), "--short"));
        if (!SOAK) {
            line.addAll(COUNTING);
        }
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process runner = builder.start();
        List<String> said = new ArrayList<>();
        try (BufferedReader out = runner.inputReader(StandardCharsets.UTF_8)) {
            out.lines().forEach(said::add);
        } finally {
            runner.destroy();
        }

        List<String> verdicts = said.stream()
                .filter(each -> each.startsWith("PASS ") || each.startsWith("FAIL "))
                .toList();
        verdicts.forEach(System.out::println);
        assertThat(runner.waitFor()).as(() -> String.join("\n", said)).isZero();
        assertThat(verdicts).allMatch(each -> each.startsWith("PASS ")).hasSizeGreaterThanOrEqualTo(COUNTING.size());
    }
}
