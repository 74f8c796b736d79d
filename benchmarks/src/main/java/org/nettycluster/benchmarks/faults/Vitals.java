package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the kernel says about a process now. Stateless.
 *
 * @param pid of the process; of another user's there is nothing to read
 */
record Vitals(long pid) {
    private static final long TICK_MILLIS = 10;

    /** Open descriptors. */
    int descriptors() throws IOException {
        return descriptorNumbers().size();
    }

    /** Those of them that are sockets. */
    int sockets() throws IOException {
        int sockets = 0;
        for (int number : descriptorNumbers()) {
            try {
                Path target = Files.readSymbolicLink(in("fd").resolve("" + number));
                sockets += target.toString().startsWith("socket:") ? 1 : 0;
            } catch (NoSuchFileException e) {
                // Closed while we looked.
            }
        }
        return sockets;
    }

    /** A limit of open files that leaves so many numbers free, not counting what lies above. */
    int limitLeaving(int more) throws IOException {
        List<Integer> taken = descriptorNumbers();
        int limit = 0;
        for (int free = 0; free < more || taken.contains(limit); limit++) {
            free += taken.contains(limit) ? 0 : 1;
        }
        return limit;
    }

    /** Sets its limits of open files; of its own kind of user, and never above the hard limit. */
    void limitDescriptors(String softAndHard) throws IOException, InterruptedException {
        limit("nofile", softAndHard);
    }

    /** As prlimit(1) calls the resource. */
    void limit(String resource, String softAndHard) throws IOException, InterruptedException {
        Process tool = new ProcessBuilder("prlimit", "--pid", "" + pid, "--" + resource + "=" + softAndHard)
                .redirectErrorStream(true)
                .start();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (tool.waitFor() != 0) {
            throw new IOException("can't limit " + resource + " of process " + pid + ": " + said.strip());
        }
    }

    /** Soft limit of open files. */
    String descriptorLimit() throws IOException {
        return softLimit("Max open files");
    }

    /** Of a resource as /proc calls it. */
    String softLimit(String name) throws IOException {
        for (String line : Files.readAllLines(in("limits"))) {
            if (line.startsWith(name)) {
                return line.substring(name.length()).strip().split(" ", 2)[0];
            }
        }
        throw new IOException("no " + name + " in " + in("limits"));
    }

    /** Processor time used so far. */
    Duration cpu() throws IOException {
        String stat = Files.readString(in("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Duration.ofMillis((Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MILLIS);
    }

    /** Mappings of files with such a name. */
    int mappings(String part) throws IOException {
        try (Stream<String> lines = Files.lines(in("maps"))) {
            return (int) lines.filter(line -> line.contains(part)).count();
        }
    }

    /** Names of its threads, one for each. */
    List<String> threads() throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> tasks = Files.list(in("task"))) {
            for (Path task : tasks.toList()) {
                try {
                    names.add(Files.readString(task.resolve("comm")).strip());
                } catch (NoSuchFileException e) {
                    // It has ended while we looked.
                }
            }
        }
        return names;
    }

    /** Unix sockets of the whole machine with such a path. */
    static int unixSockets(Path below) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/net/unix"))) {
            return (int) lines.filter(line -> line.contains(below.toString())).count();
        }
    }

    /** SIGSTOP and the like, to a process that we have started. */
    void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, "" + pid)
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("can't send " + name + " to process " + pid + ": kill ended with " + code);
        }
    }

    private List<Integer> descriptorNumbers() throws IOException {
        try (Stream<Path> all = Files.list(in("fd"))) {
            return all.map(path -> Integer.parseInt(path.getFileName().toString()))
                    .toList();
        }
    }

    private Path in(String file) {
        return Path.of("/proc", "" + pid, file);
    }
}
