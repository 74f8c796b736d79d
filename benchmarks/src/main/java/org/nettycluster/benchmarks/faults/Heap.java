package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The heap of another JVM of ours, asked of it by the JDK's own tools. Stateless. */
final class Heap {
    private static final Pattern USED = Pattern.compile("Total +\\d+ +(\\d+)");

    private Heap() {}

    /** Bytes of all objects that can be reached, behind a full collection. */
    static long reachable(long pid) throws IOException, InterruptedException {
        Matcher total = USED.matcher(tool("jcmd", "" + pid, "GC.class_histogram"));
        if (!total.find()) {
            throw new IOException("jcmd counts no heap of process " + pid);
        }
        return Long.parseLong(total.group(1));
    }

    /** How many there were so far. */
    static long fullCollections(long pid) throws IOException, InterruptedException {
        List<String> lines = tool("jstat", "-gcutil", "" + pid).strip().lines().toList();
        List<String> names = List.of(lines.get(0).strip().split(" +", -1));
        List<String> values = List.of(lines.get(1).strip().split(" +", -1));
        return Long.parseLong(values.get(names.indexOf("FGC")));
    }

    private static String tool(String name, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", name).toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + said.strip());
        }
        return said;
    }
}
