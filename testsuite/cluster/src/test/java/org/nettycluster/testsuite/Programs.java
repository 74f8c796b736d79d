package org.nettycluster.testsuite;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nettycluster.master.supervise.JvmManners;

/** The built jars that are run here, and the command lines of small JVMs that run them. */
enum Programs {
    HTTP("http", "http-example.jar"),
    GRPC("grpc", "grpc-example.jar");

    private final Path target;
    private final Path jar;

    Programs(String module, String jar) {
        Path root = Path.of(System.getProperty("ncluster.root", "."));
        target = root.resolve("examples").resolve(module).resolve("target").toAbsolutePath();
        this.jar = target.resolve(jar);
    }

    /** The worker's program on any free port. */
    List<String> worker(int workers, int loops, List<String> arguments) {
        List<String> command = java(workers);
        command.addAll(List.of("-Dloops=" + loops, "-jar", jar().toString(), "--port", "0"));
        command.addAll(arguments);
        return command;
    }

    /** A main class of ours or of the example's, with the example's libraries. */
    List<String> main(String main, List<String> arguments) {
        List<String> command = java(1);
        command.addAll(List.of("-cp", ourClasses() + ":" + jar() + ":" + target.resolve("lib") + "/*", main));
        command.addAll(arguments);
        return command;
    }

    Path jar() {
        if (!Files.isRegularFile(jar)) {
            throw new AssertionError(
                    jar + " is missing: build it first, mvn package -pl examples/http,examples/grpc -am");
        }
        return jar;
    }

    private static Path ourClasses() {
        try {
            return Path.of(MasterMain.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> java(int workers) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JvmManners.options(
                workers,
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature()));
        // They live for seconds, and there are many.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
        return command;
    }
}
