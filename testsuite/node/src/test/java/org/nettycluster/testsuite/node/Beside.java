package org.nettycluster.testsuite.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Says what ours did, and with {@code -Pnode} also what Node does in the same place. */
final class Beside {
    private static final Path SCRIPTS = Path.of(System.getProperty("ncluster.root", "."), "testsuite/node/src/test/js");
    private static final String SKIPPED = skipped();

    static {
        if (!SKIPPED.isEmpty()) {
            System.out.println("beside Node: its half is skipped, " + SKIPPED);
        }
    }

    private Beside() {}

    private static String skipped() {
        if (!Boolean.getBoolean("node.compare")) {
            return "run with -Pnode for it";
        }
        try {
            return new ProcessBuilder("node", "--version").start().waitFor() == 0 ? "" : "node --version fails";
        } catch (IOException e) {
            return "there is no node here: " + e.getMessage();
        } catch (InterruptedException e) {
            return "interrupted";
        }
    }

    static void report(String weakness, String ours) throws IOException, InterruptedException {
        Path script = SCRIPTS.resolve(weakness.toLowerCase(Locale.ROOT) + ".js");
        String node = SKIPPED.isEmpty() && Files.exists(script) ? run(script) : "";
        System.out.println(weakness + "  ours: " + ours + (node.isEmpty() ? "" : "\n" + weakness + "  node: " + node));
    }

    private static String run(Path script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", "ulimit -n 256; exec node \"$0\"", script.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                return "no end within 15 s";
            }
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
