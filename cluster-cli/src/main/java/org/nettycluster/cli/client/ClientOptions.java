package org.nettycluster.cli.client;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that all commands to a running cluster have, and how they end. Written by picocli once. */
final class ClientOptions {
    @Option(names = "--run-dir", paramLabel = "DIR", description = "The cluster in this directory.")
    private @Nullable Path runDirectory;

    @Option(names = "--json", description = "Print the JSON that the cluster answers: docs/admin.md describes it.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // Picocli reads it, and prints the help itself.
    private boolean help;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** What a command does. */
    @FunctionalInterface
    interface Task {
        void run() throws IOException, ClientException;
    }

    /** The cluster that is meant. */
    Cluster cluster(@Nullable String name) throws ClientException {
        return Clusters.one(runDirectory, name);
    }

    @Nullable
    Path runDirectory() {
        return runDirectory;
    }

    boolean json() {
        return json;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    void say(String line) {
        out().println(line);
        out().flush();
    }

    /** Runs it; what it cannot do is one line on standard error, and the exit code. */
    int run(Task task) {
        PrintWriter err = spec.commandLine().getErr();
        try {
            task.run();
            return 0;
        } catch (ClientException e) {
            e.lastLines().forEach(line -> err.println("  | " + line));
            err.println(spec.qualifiedName() + ": " + e.getMessage());
            return e.exitCode();
        } catch (IOException e) {
            err.println(spec.qualifiedName() + ": the cluster does not answer: " + e);
            return ClientException.FAILED;
        }
    }
}
