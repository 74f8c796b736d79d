package org.nettycluster.testsuite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What the kernel says about a process, and the signals we send to those that we have started. */
final class Proc {
    private Proc() {}

    /** Descriptors that are sockets, of whatever family. */
    static long sockets(long pid) {
        return descriptors(pid).stream().filter(Proc::isSocket).count();
    }

    /** Its open descriptors, as paths under /proc. */
    static List<Path> descriptors(long pid) {
        return list(Path.of("/proc", String.valueOf(pid), "fd"));
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            // Closed while we looked.
            return false;
        }
    }

    /** Times that its threads went to sleep, all together. */
    static long voluntarySwitches(long pid) {
        return list(Path.of("/proc", String.valueOf(pid), "task")).stream()
                .mapToLong(task -> field(task.resolve("status"), "voluntary_ctxt_switches:"))
                .sum();
    }

    private static long field(Path file, String name) {
        return read(file)
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.substring(name.length()).strip()))
                .sum();
    }

    /** Its soft limit. */
    static String openFilesLimit(long pid) {
        String name = "Max open files";
        return read(Path.of("/proc", String.valueOf(pid), "limits"))
                .lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split(" ")[0])
                .findFirst()
                .orElseThrow();
    }

    /** Whether we are root, whom some of the kernel's limits never meet. */
    static boolean isRoot() {
        return read(Path.of("/proc/self/status")).lines().anyMatch(line -> line.startsWith("Uid:\t0\t"));
    }

    /** Processor time that it has used, in ticks of 10 ms. */
    static long cpuTicks(long pid) {
        String[] fields = stat(pid);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    /** One letter; X where there is no such process any more. */
    static char state(long pid) {
        String[] fields = stat(pid);
        return fields[0].isEmpty() ? 'X' : fields[0].charAt(0);
    }

    /** Ended, whether or not somebody has fetched its exit status. */
    static boolean hasEnded(long pid) {
        char state = state(pid);
        return state == 'X' || state == 'Z';
    }

    /** Fields of stat(5) from the state on; the name in front may hold anything. */
    private static String[] stat(long pid) {
        String text = read(Path.of("/proc", String.valueOf(pid), "stat"));
        return text.substring(text.lastIndexOf(')') + 1).strip().split(" ");
    }

    /** Stops it, and returns when no thread of it runs any more. */
    static void stop(long pid) {
        signal("STOP", pid);
        Await.until(Duration.ofSeconds(5), () -> "process " + pid + " stops", () -> tasksStopped(pid));
    }

    private static boolean tasksStopped(long pid) {
        return list(Path.of("/proc", String.valueOf(pid), "task")).stream().allMatch(task -> {
            String text = read(task.resolve("stat"));
            return text.isEmpty()
                    || text.substring(text.lastIndexOf(')') + 1).strip().startsWith("T");
        });
    }

    static void resume(long pid) {
        signal("CONT", pid);
    }

    static void kill(long pid) {
        signal("KILL", pid);
    }

    static void signal(String name, long pid) {
        run("kill", "-" + name, String.valueOf(pid));
    }

    /** Runs a small tool to its end; fails with what it said unless it ends with 0. */
    static void run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + " failed: " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while " + String.join(" ", command) + " ran", e);
        }
    }

    private static List<Path> list(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty where the process has gone. */
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
