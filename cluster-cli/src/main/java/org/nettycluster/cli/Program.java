package org.nettycluster.cli;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What every worker runs.
 *
 * @param name what the cluster is called unless the user says otherwise
 * @param launch what stands behind {@code java} and its options: a jar or a class path and a main class, and arguments
 */
record Program(String name, List<String> launch) {
    private static final int LONGEST_NAME = 64;

    Program {
        launch = List.copyOf(launch);
    }

    /**
     * A runnable jar.
     *
     * @throws IllegalArgumentException if there is no such file
     */
    static Program ofJar(String jar, List<String> arguments) {
        Path file = path(jar);
        if (!Files.exists(file)) {
            throw new IllegalArgumentException("no such jar: " + jar
                    + (jar.endsWith(".jar") ? "" : "; a main class needs its class path before it, -cp PATH " + jar));
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IllegalArgumentException(jar + " is not a file that we can read");
        }
        List<String> launch = new ArrayList<>(List.of("-jar", jar));
        launch.addAll(arguments);
        String fileName = String.valueOf(file.getFileName());
        return new Program(
                nameFor(fileName.endsWith(".jar") ? fileName.substring(0, fileName.length() - 4) : fileName), launch);
    }

    /**
     * A main class.
     *
     * @throws IllegalArgumentException if a part of the class path does not exist: the JVM would only say that it does
     *     not find some class
     */
    static Program ofMain(String classPath, String main, List<String> arguments) {
        for (String part : classPath.split(File.pathSeparator, -1)) {
            String place = part.endsWith("*") ? part.substring(0, part.length() - 1) : part;
            if (!place.isEmpty() && !Files.exists(path(place))) {
                throw new IllegalArgumentException("no such file or directory on the class path: " + place);
            }
        }
        List<String> launch = new ArrayList<>(List.of("-cp", classPath, main));
        launch.addAll(arguments);
        // MODULE/CLASS and nested classes have a simple name too.
        return new Program(nameFor(main.replaceAll(".*[./$]", "")), launch);
    }

    /** Where its classes are: a jar, or a class path as for {@code java -cp}. */
    String classPath() {
        return launch.get(1);
    }

    /** The same, for a process that has another working directory than we. */
    List<String> launchFromAnywhere() {
        List<String> absolute = new ArrayList<>(launch);
        // Behind -jar or -cp; a star at the end of a part is a name like any other here.
        absolute.set(
                1,
                Stream.of(launch.get(1).split(File.pathSeparator, -1))
                        .map(part -> Path.of(part).toAbsolutePath().toString())
                        .collect(Collectors.joining(File.pathSeparator)));
        return absolute;
    }

    /** The nearest text that a cluster may be called: it becomes a directory's name. */
    private static String nameFor(String text) {
        String allowed = text.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
        return allowed.isEmpty() ? "program" : allowed.substring(0, Math.min(LONGEST_NAME, allowed.length()));
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is not a path: " + e.getReason(), e);
        }
    }
}
