package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerCommandTest {
    private static List<String> run(Map<String, String> properties, List<String> options, String... arguments) {
        return ThisProgram.of(options, properties::get).run(List.of(arguments));
    }

    @Test
    void thisProgramRunsAgainFromItsClassPath() {
        assertThat(run(
                        Map.of("sun.java.command", "org.example.Main serve --port 80", "java.class.path", "a.jar:b c"),
                        List.of("-Xmx64m"),
                        "worker",
                        "two words"))
                .containsExactly("-Xmx64m", "-cp", "a.jar:b c", "org.example.Main", "worker", "two words");
    }

    @Test
    void thisProgramRunsAgainFromItsJar(@TempDir Path home) throws Exception {
        Path jar = Files.createFile(home.resolve("my app.jar"));
        assertThat(run(
                        Map.of("sun.java.command", jar + " serve", "java.class.path", jar.toString()),
                        List.of(),
                        "worker"))
                .containsExactly("-jar", jar.toString(), "worker");
        assertThat(run(Map.of("sun.java.command", jar.toString(), "java.class.path", jar.toString()), List.of()))
                .containsExactly("-jar", jar.toString());
    }

    @Test
    void thisProgramRunsAgainFromItsModule() {
        Map<String, String> properties = Map.of(
                "sun.java.command", "org.example/org.example.Main serve",
                "java.class.path", "",
                "jdk.module.path", "mods",
                "jdk.module.main", "org.example");
        assertThat(run(properties, List.of(), "x"))
                .containsExactly("-p", "mods", "-m", "org.example/org.example.Main", "x");
        Map<String, String> both = new HashMap<>(properties);
        both.put("java.class.path", "more.jar");
        assertThat(run(both, List.of()))
                .containsExactly("-p", "mods", "-cp", "more.jar", "-m", "org.example/org.example.Main");
    }

    @Test
    void optionsThatClaimAPortAreLeftOut() {
        assertThat(run(
                        Map.of("sun.java.command", "Main", "java.class.path", "."),
                        List.of(
                                "-agentlib:jdwp=transport=dt_socket,server=y,address=5005",
                                "-Xrunjdwp:server=y",
                                "-Dcom.sun.management.jmxremote.port=9010",
                                "-Dcom.sun.management.jmxremote.ssl=false",
                                "-agentlib:other",
                                "-ea")))
                .containsExactly(
                        "-Dcom.sun.management.jmxremote.ssl=false", "-agentlib:other", "-ea", "-cp", ".", "Main");
    }

    @Test
    void embeddedJvmMustNameItsCommand() {
        assertThatThrownBy(() -> run(Map.of(), List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("name the worker's command instead");
    }

    @Test
    void thisVeryProgramIsAJvm() {
        List<String> command = WorkerCommand.ofThisProgram("a").command();
        assertThat(Path.of(command.get(0))).isExecutable();
        assertThat(command).endsWith("a");
    }

    @Test
    void commandMustNameAProgram() {
        assertThatThrownBy(() -> WorkerCommand.of(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("worker command is empty: name the program to run");
    }

    @Test
    void commandIsItsOwn() {
        List<String> line = new ArrayList<>(List.of("true"));
        WorkerCommand command = WorkerCommand.of(line);
        line.add("x");
        assertThat(command.command()).containsExactly("true");
        WorkerCommand more = command.withEnvironment(Map.of("A", "1")).withEnvironment(Map.of("A", "2", "B", "3"));
        assertThat(more.environment()).isEqualTo(Map.of("A", "2", "B", "3"));
        assertThat(command.environment()).isEmpty();
    }
}
