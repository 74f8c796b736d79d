package org.nettycluster.cli.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nettycluster.admin.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ncluster reload}: every worker is replaced, one line for each step, and the exit code says how it went. */
@Command(
        name = "reload",
        description = "Replaces every worker by a new one; a new one is ready before an old one drains.",
        footer = {"", "The first failure ends it: old workers serve on, and the exit code is 1."})
public final class ReloadCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ClientOptions options;

    @Option(names = "--max-surge", paramLabel = "N", description = "Workers beyond the usual number, as run was told.")
    private @Nullable Integer maxSurge;

    @Option(
            names = "--ready-timeout",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "For each new worker, as run was told.")
    private @Nullable Duration readyTimeout;

    @Option(
            names = "--bake",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "How long the first new worker must serve well before the rest follow.")
    private @Nullable Duration bake;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "Which cluster, if several run.")
    private @Nullable String name;

    /** For the command line. */
    public ReloadCommand() {}

    @Override
    public Integer call() {
        return options.run(() -> {
            Map<String, Object> body = new LinkedHashMap<>();
            if (maxSurge != null) {
                body.put("maxSurge", maxSurge);
            }
            if (readyTimeout != null) {
                body.put("readyTimeoutMillis", readyTimeout.toMillis());
            }
            if (bake != null) {
                body.put("bakeMillis", bake.toMillis());
            }
            Steps.follow(options, options.cluster(name), "/v1/reload", Json.write(body));
        });
    }
}
