package org.nettycluster.master.supervise;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a worker process runs: a command line, what it adds to our environment, and where. Immutable.
 *
 * @param command the program and its arguments
 * @param environment added to the master's own environment; the master's NCLUSTER_ variables win
 * @param directory working directory, null for the master's
 */
public record WorkerCommand(
        List<String> command,
        Map<String, String> environment,
        @Nullable Path directory) {
    /** Copies; the command must name a program. */
    public WorkerCommand {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("worker command is empty: name the program to run");
        }
    }

    /** This command line in the master's environment and directory. */
    public static WorkerCommand of(List<String> command) {
        return new WorkerCommand(command, Map.of(), null);
    }

    /**
     * The same JVM as ours with these options and arguments.
     *
     * @param arguments everything behind {@code java}
     */
    public static WorkerCommand java(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        return of(command);
    }

    /**
     * This very program: our JVM's options, class path and main class, with other arguments. Debugger agents are left
     * out, since their port is taken.
     *
     * @param arguments of the main method
     * @throws IllegalStateException if this JVM does not say what its main class is (an embedded JVM)
     */
    public static WorkerCommand ofThisProgram(String... arguments) {
        return java(ThisProgram.of(ManagementFactory.getRuntimeMXBean().getInputArguments(), System::getProperty)
                .run(List.of(arguments)));
    }

    /** The same with these arguments behind its own. */
    public WorkerCommand withArguments(String... more) {
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of(more));
        return new WorkerCommand(line, environment, directory);
    }

    /** The same in this working directory. */
    public WorkerCommand in(Path directory) {
        return new WorkerCommand(command, environment, directory);
    }

    /** The same with these variables in addition. */
    public WorkerCommand withEnvironment(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(more);
        return new WorkerCommand(command, all, directory);
    }
}
