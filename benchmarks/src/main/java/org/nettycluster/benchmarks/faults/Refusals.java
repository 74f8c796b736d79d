package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether attacks were refused, by what the master prints. Used by the thread of its scenario. */
final class Refusals {
    private static final Duration LATEST = Duration.ofSeconds(15);
    private static final Pattern FORM =
            Pattern.compile(".*refused process \\d+ of user \\d+ at \\S+: .+ \\(limit: .+\\): .+");

    private final Stage stage;
    private final Verdict verdict;
    private @Nullable RunningCluster cluster;
    private int count;

    Refusals(Stage stage, Verdict verdict) {
        this.stage = stage;
        this.verdict = verdict;
    }

    /** What is done. */
    interface Attack {
        void run() throws Exception;
    }

    /** From now on this one is attacked. */
    void of(RunningCluster attacked) {
        cluster = attacked;
    }

    int count() {
        return count;
    }

    /** It must lead to a line with these words in it, and in the agreed form. */
    void expect(String name, String words, Attack attack) throws Exception {
        String line = lineAfter(words, attack);
        if (line != null && FORM.matcher(line).matches()) {
            count++;
            stage.say(name + ": " + line);
        } else {
            verdict.require(false, name + ": " + (line == null ? "no line says '" + words + "'" : "told as " + line));
        }
    }

    /** The same, for what can't be refused since only time shows it: it must happen, and harm nobody. */
    void survive(String name, String words, Attack attack) throws Exception {
        String line = lineAfter(words, attack);
        verdict.require(line != null, name + ": it was not tried");
        stage.say(name + ": was tried");
    }

    private @Nullable String lineAfter(String words, Attack attack) throws Exception {
        RunningCluster attacked = cluster;
        if (attacked == null) {
            throw new IllegalStateException("nobody is attacked");
        }
        int before = attacked.lines().size();
        attack.run();
        long deadline = System.nanoTime() + LATEST.toNanos();
        while (System.nanoTime() < deadline) {
            List<String> lines = attacked.lines();
            for (String line : lines.subList(before, lines.size())) {
                if (line.contains(words)) {
                    return line;
                }
            }
            RunningCluster.pause(Duration.ofMillis(20));
        }
        return null;
    }

    /** A master must not start in this directory, and say why. */
    void expectNoStart(String name, Path runDirectory, String words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        stage.installation().command().toString(),
                        "run",
                        "-w",
                        "1",
                        "--run-dir",
                        runDirectory.toString(),
                        stage.installation().example().toString(),
                        "--port",
                        "0")
                .redirectErrorStream(true)
                .start();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            verdict.require(false, name + ": a master has started there");
            return;
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        boolean refused = process.exitValue() != 0 && output.contains(words);
        verdict.require(refused, name + ": exit code " + process.exitValue() + ", " + output);
        count += refused ? 1 : 0;
        stage.say(name + ": " + output);
    }

    /** It needs what we have not. */
    void skip(String name, String why) {
        stage.say(name + ": skipped, " + why);
        verdict.figure("skipped", name + " (" + why + ")");
    }
}
