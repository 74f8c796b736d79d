package org.nettycluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nettycluster.cli.programs.Greets;
import org.nettycluster.cli.programs.Schedulers;
import org.nettycluster.master.schedule.Scheduler;

/** {@code run --scheduler}: names, classes of the user's, and what is said when there is none. */
@Execution(ExecutionMode.CONCURRENT)
final class SchedulerTest {
    private static final Pattern PORT = Pattern.compile("on 127\\.0\\.0\\.1:(\\d+),");
    private static final String NAMES = Schedulers.class.getName() + "$";

    private static Path classes;

    @TempDir
    private Path temp;

    /** A class that no class path of ours has. */
    @BeforeAll
    static void compile(@TempDir Path directory) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assumeTrue(compiler != null, "no Java compiler in this runtime");
        Path source = Files.writeString(directory.resolve("Own.java"), """
                package mine;
                import java.util.List;
                import org.nettycluster.master.schedule.*;
                public final class Own implements Scheduler {
                    @Override
                    public int next(List<? extends Candidate> candidates, Arrival arrival) {
                        return candidates.get(0).freeCells() > 0 ? 0 : WAIT;
                    }
                    @Override
                    public String toString() {
                        return "mine";
                    }
                }
                """);
        classes = Files.createDirectory(directory.resolve("classes"));
        int code = compiler.run(
                null,
                OutputStream.nullOutputStream(),
                null,
                "-proc:none",
                "-cp",
                CommandProcess.classPath(),
                "-d",
                classes.toString(),
                source.toString());
        assertThat(code).isZero();
    }

    private Path jar() throws IOException {
        Path jar = temp.resolve("own.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("mine/Own.class"));
            Files.copy(classes.resolve("mine/Own.class"), out);
        }
        return jar;
    }

    @Test
    void aClassIsFoundInAJarInADirectoryAndByAStar() throws IOException {
        Path jar = jar();
        for (String path : List.of(jar.toString(), classes.toString(), temp + "/*", "/tmp:" + temp + "/*")) {
            Scheduler own = SchedulerClass.instance("mine.Own", path);

            assertThat(own).hasToString("mine");
        }
    }

    @Test
    void withoutAPathTheProgramsIsSearched() throws IOException {
        String jar = jar().toString();

        assertThat(said("run --scheduler mine.Own --name .x " + jar))
                .as("the next mistake is told")
                .contains("name '.x' must be");
        assertThat(said("run --scheduler mine.Own -w 0 " + jar)).contains("'0' is neither");
        assertThat(said("run --scheduler mine.Own --weights 1 " + jar)).contains("not mine.Own");
        assertThat(said("run --scheduler mine.Other " + jar))
                .contains(
                        "no class mine.Other on the path " + jar + ": name the jar that has it with --scheduler-path");
        assertThat(said("run --scheduler mine.Own --scheduler-path /nope.jar " + jar))
                .contains("no such file or directory on the scheduler's class path: /nope.jar");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    NoScheduler   | is no scheduler: it does not implement org.nettycluster.master.schedule.Scheduler
                    NeverMade     | can't be made, its constructor threw java.lang.IllegalStateException: no configuration
                    BadStart      | can't be made, its static initializer threw java.lang.NumberFormatException
                    NeedsArgument | has no public constructor without arguments
                    Unfinished    | is not a public class that can be made
                    noscheduler   | no class org.nettycluster.cli.programs.Schedulers$noscheduler on the path .
                    """)
    void aClassThatIsNoneIsOneLineAndCodeTwo(String name, String reason) {
        assertThat(said("run --scheduler " + NAMES + name + " -cp . Main")).contains(reason);
    }

    private static String said(String line) {
        StringWriter err = new StringWriter();
        int code = Main.commandLine().setErr(new PrintWriter(err, true)).execute(line.split(" "));
        assertThat(code).as(err.toString()).isEqualTo(2);
        List<String> lines = err.toString().lines().toList();
        assertThat(lines).hasSize(1);
        return lines.get(0);
    }

    @Test
    void itDecidesInTheMaster() throws Exception {
        assumeTrue(Epoll.isAvailable(), () -> "no epoll here: " + Epoll.unavailabilityCause());
        try (CommandProcess command = CommandProcess.run(
                temp.resolve("r"), 2, List.of("--scheduler", NAMES + "TheFirst"), Greets.class, "0")) {
            String ready = command.awaitReady();
            int port = portOf(ready);
            Set<String> answers = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                answers.add(ask(port));
            }

            assertThat(answers)
                    .singleElement()
                    .satisfies(pid -> assertThat(ready).contains("1.1 (pid " + pid + ")"));
        }
    }

    @Test
    void oneThatFailsIsToldAndTheClusterServesOn() throws Exception {
        assumeTrue(Epoll.isAvailable(), () -> "no epoll here: " + Epoll.unavailabilityCause());
        try (CommandProcess command =
                CommandProcess.run(temp.resolve("r"), 2, List.of("--scheduler", NAMES + "Fails"), Greets.class, "0")) {
            int port = portOf(command.awaitReady());
            Set<String> answers = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                answers.add(ask(port));
            }

            assertThat(answers).as("by turns").hasSize(2);
            assertThat(command.awaitErr(line -> line.contains("Schedulers$Fails failed: round robin decides instead")))
                    .endsWith("java.lang.IllegalStateException: lots are out");
            assertThat(command.err())
                    .filteredOn(line -> line.contains("Schedulers$Fails"))
                    .hasSizeLessThanOrEqualTo(2);
        }
    }

    private static int portOf(String ready) {
        Matcher address = PORT.matcher(ready);
        assertThat(address.find()).as(ready).isTrue();
        return Integer.parseInt(address.group(1));
    }

    private static String ask(int port) throws IOException {
        try (Socket client = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
            client.setSoTimeout(30_000);
            client.getOutputStream().write('?');
            StringBuilder answer = new StringBuilder();
            for (int next = client.getInputStream().read();
                    next != '\n' && next >= 0;
                    next = client.getInputStream().read()) {
                answer.append(new String(new byte[] {(byte) next}, StandardCharsets.US_ASCII));
            }
            return answer.toString();
        }
    }
}
