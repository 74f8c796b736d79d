package org.nettycluster.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.supervise.JvmManners;
import org.nettycluster.master.supervise.WorkerCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that every way to run a fleet has. Written by picocli once, then only read. */
final class FleetOptions {
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

    @Option(names = "--cwd", paramLabel = "DIR", description = "Working directory of the workers; default ours.")
    private @Nullable Path workingDirectory;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Supervision supervision;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Limits limits;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Inheritance inheritance;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Scheduling scheduling;

    @Option(
            names = {"-v", "--verbose"},
            description = "Log more, with stack traces.")
    private boolean verbose;

    int workers() {
        return workers;
    }

    Supervision supervision() {
        return supervision;
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
     * @param quick what comes with the program, weaker than what the user says
     * @throws IllegalArgumentException if the name cannot be one, or a value is beyond its limits
     */
    ClusterMaster.Builder describe(Program program, QuickStart quick) {
        List<String> arguments = new ArrayList<>(JvmManners.options(
                workers,
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature()));
        arguments.addAll(quick.jvmOptions());
        arguments.addAll(jvmOptions);
        arguments.addAll(workingDirectory == null ? program.launch() : program.launchFromAnywhere());
        Map<String, String> variables = new LinkedHashMap<>();
        environment.forEach(variable -> variables.put(variable.name(), variable.value()));
        ClusterMaster.Builder builder = ClusterMaster.builder()
                .name(nameOr(program.name()))
                .workers(workers)
                .command(new WorkerCommand(WorkerCommand.java(arguments).command(), variables, directory()));
        supervision.describe(builder);
        limits.describe(builder);
        inheritance.describe(builder);
        scheduling.describe(builder, program);
        // A reload with values beyond their limits should not come as a surprise.
        supervision.reload();
        if (runDirectory != null) {
            builder.runDirectory(runDirectory);
        }
        return builder;
    }

    private @Nullable Path directory() {
        if (workingDirectory != null && !Files.isDirectory(workingDirectory)) {
            throw new IllegalArgumentException("no such directory: --cwd " + workingDirectory);
        }
        return workingDirectory;
    }
}
