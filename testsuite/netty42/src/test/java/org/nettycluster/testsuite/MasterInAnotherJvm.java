package org.nettycluster.testsuite;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.nettycluster.protocol.WorkerEnvironment;

/** A master in a process of its own, on whatever Netty its class path has. Owns the process. */
final class MasterInAnotherJvm implements Master {
    private static final String CLASS_PATH = "ncluster.master.classpath";
    private static final String SOURCE = "ncluster.master.source";

    private final Process process;
    private final WorkerEnvironment environment;

    MasterInAnotherJvm(Path runDirectory) throws IOException {
        process = new ProcessBuilder(command(runDirectory))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            environment = WorkerEnvironment.read(variables())
                    .orElseThrow(() -> new IOException("the master in process " + process.pid()
                            + " ended before it let us in; its standard error says why"));
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static List<String> command(Path runDirectory) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx128m");
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.add("-D" + Master.SHARED + "=" + Boolean.getBoolean(Master.SHARED));
        command.add("-cp");
        command.add(existing(CLASS_PATH));
        command.add(existing(SOURCE));
        command.add(runDirectory.toString());
        return command;
    }

    private static String existing(String property) {
        String value = System.getProperty(property, "");
        for (String path : value.split(File.pathSeparator)) {
            if (path.isEmpty() || !Files.exists(Path.of(path))) {
                throw new IllegalStateException(property + "='" + value
                        + "' names no file: build with mvn -am verify, which packages it first");
            }
        }
        return value;
    }

    private Map<String, String> variables() throws IOException {
        Map<String, String> variables = new HashMap<>();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
            int equals = line.indexOf('=');
            variables.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return variables;
    }

    @Override
    public WorkerEnvironment environment() {
        return environment;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        if (!endsWithinPatience()) {
            process.destroyForcibly();
            throw new IOException(
                    "the master in process " + process.pid() + " lived 10 s longer than its standard input: killed it");
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    "the master in process " + process.pid() + " ended with status " + process.exitValue());
        }
    }

    private boolean endsWithinPatience() throws IOException {
        try {
            return process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the master in process " + process.pid() + " ended", e);
        }
    }
}
