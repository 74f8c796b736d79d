package org.nettycluster.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.nettycluster.cli.client.KillCommand;
import org.nettycluster.cli.client.LogsCommand;
import org.nettycluster.cli.client.LsCommand;
import org.nettycluster.cli.client.PauseCommand;
import org.nettycluster.cli.client.ReloadCommand;
import org.nettycluster.cli.client.RestartCommand;
import org.nettycluster.cli.client.ResumeCommand;
import org.nettycluster.cli.client.ScaleCommand;
import org.nettycluster.cli.client.StatusCommand;
import org.nettycluster.cli.client.StopCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command's entry. It owns the process: whatever a subcommand answers becomes the exit code. A mistake of the user's
 * is one line on standard error and never a stack trace.
 */
@Command(
        name = "ncluster",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        subcommands = {
            RunCommand.class,
            DemoCommand.class,
            LsCommand.class,
            StatusCommand.class,
            ReloadCommand.class,
            ScaleCommand.class,
            RestartCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            KillCommand.class,
            StopCommand.class,
            LogsCommand.class
        },
        description = "Runs a server program on many JVMs behind one port, and changes it while it runs.",
        footer = {
            "",
            "Examples:",
            "  ncluster demo -w 4                     an HTTP server on 4 JVMs at http://127.0.0.1:8080/",
            "  ncluster run app.jar                   app.jar on a JVM for each processor",
            "  ncluster run -w 4 -J-Xmx256m app.jar --port 8080",
            "  ncluster run -w 2 -cp 'app.jar:lib/*' com.example.Server",
            "  ncluster ls                            what runs; then status, reload, scale, logs, stop and others",
            "",
            "The program makes its server channel with ClusterWorker.serverChannelFactory().",
            "Ctrl-C, or SIGTERM, stops in good order; a second one stops at once.",
            "",
            "Exit code: 0 done, 1 it failed, 2 a mistake on the command line, 3 no such cluster runs, 4 not now."
        })
final class Main implements Runnable {
    static final int COULD_NOT_START = 1;

    private static final List<String> OF_A_PROGRAM = List.of("run", "demo");

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private Main() {}

    /**
     * Runs one command and ends the process.
     *
     * @param args see {@code ncluster --help}
     */
    public static void main(String... args) {
        LogLines.install(false, line -> System.err.println(line));
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main())
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                // What stands behind the program's name is the program's, and so is a leading @.
                .setStopAtPositional(true)
                .setExpandAtFiles(false)
                .setUsageHelpLongOptionsMaxWidth(30)
                .setUsageHelpWidth(110)
                .setParameterExceptionHandler((mistake, args) -> complain(mistake))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println("ncluster: " + failure);
                    failure.printStackTrace(command.getErr());
                    return COULD_NOT_START;
                });
        line.getSubcommands().forEach((name, command) -> {
            if (!OF_A_PROGRAM.contains(name)) {
                // No program follows: options may stand anywhere, and -1 is a number.
                command.setStopAtPositional(false).setUnmatchedOptionsArePositionalParams(name.equals("scale"));
            }
        });
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to do: run, demo, or one of ls, status, reload, scale, restart, pause, resume, kill, stop, logs");
    }

    private static int complain(ParameterException mistake) {
        CommandLine command = mistake.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String message = mistake instanceof UnmatchedArgumentException unmatched && command.getParent() == null
                ? "no such command: " + String.join(" ", unmatched.getUnmatched())
                : decapitalized(String.valueOf(mistake.getMessage()));
        PrintWriter err = command.getErr();
        err.println(name + ": " + message + " (see " + name + " --help)");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String decapitalized(String sentence) {
        return sentence.isEmpty()
                ? sentence
                : sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
    }
}
