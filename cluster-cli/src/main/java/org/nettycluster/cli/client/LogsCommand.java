package org.nettycluster.cli.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nettycluster.admin.Json;
import org.nettycluster.admin.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ncluster logs}: what workers have printed, and what they print now. */
@Command(name = "logs", description = "Shows what the workers of a cluster have printed last.")
public final class LogsCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ClientOptions options;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what they print from now on.")
    private boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "How many lines of those that are kept; default ${DEFAULT-VALUE}.")
    private int lines = 100;

    @Option(names = "--slot", paramLabel = "SLOT", description = "Of this worker alone.")
    private int slot;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "Which cluster, if several run.")
    private @Nullable String name;

    /** For the command line. */
    public LogsCommand() {}

    @Override
    public Integer call() {
        return options.run(() -> {
            String query = "?slot=" + slot + "&lines=" + lines + "&follow=" + follow;
            try {
                options.cluster(name).follow("GET", "/v1/logs" + query, "", this::show);
            } catch (UncheckedIOException e) {
                // Whoever reads our output has seen enough: head, or a pager.
            }
        });
    }

    private void show(String line) {
        try {
            options.say(options.json() ? line : text(Json.read(line)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (options.out().checkError()) {
            throw new UncheckedIOException(new IOException("nobody reads on"));
        }
    }

    static String text(JsonObject line) {
        return line.has("dropped")
                ? "(" + line.number("dropped") + " lines left out: they came faster than they were read)"
                : "worker " + line.text("worker") + " | " + line.text("text");
    }
}
