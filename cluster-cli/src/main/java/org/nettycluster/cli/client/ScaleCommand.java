package org.nettycluster.cli.client;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nettycluster.admin.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ncluster scale}: another number of workers. */
@Command(
        name = "scale",
        description = "Changes the number of workers; those in the highest slots drain and end when it shrinks.",
        footer = {"", "Examples:", "  ncluster scale 4", "  ncluster scale +1 shop"})
public final class ScaleCommand implements Callable<Integer> {
    private static final Pattern FORM = Pattern.compile("[+-]?\\d{1,3}");

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ClientOptions options;

    @Parameters(index = "0", paramLabel = "N|+N|-N", description = "How many, or how many more or fewer.")
    @SuppressWarnings("NullAway.Init")
    private String workers;

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Which cluster, if several run.")
    private @Nullable String name;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** For the command line. */
    public ScaleCommand() {}

    @Override
    public Integer call() {
        if (!FORM.matcher(workers).matches()) {
            throw new ParameterException(spec.commandLine(), "'" + workers + "' is neither a number nor +N nor -N");
        }
        boolean relative = workers.startsWith("+") || workers.startsWith("-");
        String body = Json.write(Map.of(relative ? "by" : "workers", Integer.parseInt(workers)));
        return options.run(() -> {
            Cluster cluster = options.cluster(name);
            // Added workers take as long as they take to be ready, surplus ones as long as they drain.
            String answer = cluster.ask("POST", "/v1/scale", body, Duration.ZERO);
            options.say(
                    options.json()
                            ? answer
                            : cluster.name() + ": " + Json.read(answer).number("workers") + " workers");
        });
    }
}
