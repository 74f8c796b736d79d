package org.nettycluster.master.supervise;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a JVM was started, as it says itself: enough to start it again. Immutable.
 *
 * @param options of the JVM, without those that claim a port
 * @param main what is started: a class, a module and its class, or a jar
 * @param jar whether it is a jar
 * @param classPath empty for none
 * @param modulePath null for none
 * @param module whether {@code main} names a module
 */
record ThisProgram(
        List<String> options,
        String main,
        boolean jar,
        String classPath,
        @Nullable String modulePath,
        boolean module) {
    private static final List<String> CLAIM_A_PORT =
            List.of("-agentlib:jdwp", "-Xrunjdwp", "-Dcom.sun.management.jmxremote.port=");

    /**
     * Reads it.
     *
     * @param options as the JVM reports them
     * @param properties the system's
     * @throws IllegalStateException if the JVM does not say what its main class is
     */
    static ThisProgram of(List<String> options, UnaryOperator<@Nullable String> properties) {
        String command = property(properties, "sun.java.command");
        String classPath = property(properties, "java.class.path");
        // A jar's path may hold spaces, and the arguments stand behind it.
        boolean jar = !classPath.isEmpty()
                && (command + " ").startsWith(classPath + " ")
                && Files.isRegularFile(Path.of(classPath));
        String main = jar ? classPath : command.split(" ", 2)[0];
        if (main.isEmpty()) {
            throw new IllegalStateException(
                    "this JVM does not say what its main class is: name the worker's command instead");
        }
        return new ThisProgram(
                options.stream()
                        .filter(option -> CLAIM_A_PORT.stream().noneMatch(option::startsWith))
                        .toList(),
                main,
                jar,
                classPath,
                properties.apply("jdk.module.path"),
                properties.apply("jdk.module.main") != null);
    }

    private static String property(UnaryOperator<@Nullable String> properties, String name) {
        String value = properties.apply(name);
        return value == null ? "" : value;
    }

    /** Everything behind {@code java}, with these arguments for the main method. */
    List<String> run(List<String> arguments) {
        List<String> line = new ArrayList<>(options);
        if (jar) {
            line.add("-jar");
        } else {
            if (modulePath != null) {
                line.addAll(List.of("-p", modulePath));
            }
            if (!module || !classPath.isEmpty()) {
                // An empty one is the current directory; a module alone has none.
                line.addAll(List.of("-cp", classPath));
            }
            if (module) {
                line.add("-m");
            }
        }
        line.add(main);
        line.addAll(arguments);
        return line;
    }
}
