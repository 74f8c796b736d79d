package org.nettycluster.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ncluster run}: any program on many JVMs, until a signal asks to stop. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description =
                "Runs a program on many JVMs in the foreground. A JVM that ends is replaced, and ncluster ls, reload, scale and others work on it.",
        customSynopsis = {
            "ncluster run [OPTIONS] APP.jar [ARGUMENTS...]",
            "       ncluster run [OPTIONS] -cp PATH MAIN [ARGUMENTS...]"
        },
        footer = {
            "",
            "Everything behind APP.jar or MAIN is the program's, even if it begins with a dash.",
            "",
            "Examples:",
            "  ncluster run -w 4 -J-Xmx256m app.jar --port 8080",
            "  ncluster run --env MODE=test -cp 'app.jar:lib/*' com.example.Server"
        })
final class RunCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("NullAway.Init")
    private FleetOptions fleet;

    @Option(
            names = {"-cp", "-classpath", "--class-path"},
            paramLabel = "PATH",
            description = "Class path, as for java; then a main class follows, and not a jar.")
    private @Nullable String classPath;

    @Parameters(index = "0", arity = "0..1", paramLabel = "APP.jar|MAIN", description = "The program.")
    private @Nullable String program;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "ARGUMENTS", description = "Its arguments.")
    private List<String> arguments = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        return FleetCommand.run(spec, fleet, this::program, QuickStart.NONE);
    }

    /** What to run, checked as far as that goes without running it. */
    Program program() {
        if (program == null) {
            throw new IllegalArgumentException("name the program: APP.jar, or -cp PATH MAIN");
        }
        return classPath == null ? Program.ofJar(program, arguments) : Program.ofMain(classPath, program, arguments);
    }

    FleetOptions fleet() {
        return fleet;
    }
}
