package org.nettycluster.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.supervise.JvmManners;
import org.nettycluster.master.supervise.WorkerCommand;
import picocli.CommandLine.Option;

/** The options that every way to run a fleet has. Written by picocli once, then only read. */
final class FleetOptions {
    private static final Duration RESTART_DELAY = Duration.ofSeconds(1);

    @Option(
            names = {"-w", "--workers"},
            paramLabel = "N|auto",
            defaultValue = "auto",
            converter = WorkerCount.class,
            description = "How many JVMs; auto, the default, is one for each processor.")
    private int workers;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What the cluster is called; by default as the program. Two of one name can't run at once.")
    private @Nullable String name;

    @Option(
            names = "-J",
            paramLabel = "JVM-OPTION",
            description = "Passed to each worker's JVM, as in -J-Xmx256m. It wins over what ncluster sets.")
    private List<String> jvmOptions = List.of();

    @Option(
            names = "--env",
            paramLabel = "NAME=VALUE",
            converter = Variable.Reader.class,
            description = "Added to each worker's environment.")
    private List<Variable> environment = List.of();

    @Option(
            names = "--run-dir",
            paramLabel = "DIR",
            description = "Where the control socket is: a directory of ours alone, made if missing.")
    private @Nullable Path runDirectory;

    @Option(
            names = {"-v", "--verbose"},
            description = "Log more, with stack traces.")
    private boolean verbose;

    int workers() {
        return workers;
    }

    boolean verbose() {
        return verbose;
    }

    String nameOr(String programsName) {
        return name == null ? programsName : name;
    }

    /**
     * A master for a fleet of this program.
     *
     * @param forProgram JVM options that come with the program, weaker than the user's
     * @throws IllegalArgumentException if the name cannot be one
     */
    ClusterMaster.Builder describe(Program program, List<String> forProgram) {
        List<String> arguments = new ArrayList<>(JvmManners.options(
                workers,
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature()));
        arguments.addAll(forProgram);
        arguments.addAll(jvmOptions);
        arguments.addAll(program.launch());
        Map<String, String> variables = new LinkedHashMap<>();
        environment.forEach(variable -> variables.put(variable.name(), variable.value()));
        ClusterMaster.Builder builder = ClusterMaster.builder()
                .name(nameOr(program.name()))
                .workers(workers)
                .restartDelay(RESTART_DELAY)
                .command(WorkerCommand.java(arguments).withEnvironment(variables));
        if (runDirectory != null) {
            builder.runDirectory(runDirectory);
        }
        return builder;
    }
}
