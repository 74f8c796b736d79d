package org.nettycluster.cli.client;

import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nettycluster.admin.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ncluster status}: one cluster, worker by worker. */
@Command(name = "status", description = "Shows a cluster, worker by worker.")
public final class StatusCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ClientOptions options;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "Which cluster, if several run.")
    private @Nullable String name;

    /** For the command line. */
    public StatusCommand() {}

    @Override
    public Integer call() {
        return options.run(() -> {
            String status = options.cluster(name).status();
            if (options.json()) {
                options.say(status);
            } else {
                StatusText.details(Json.read(status), Instant.now()).forEach(options::say);
            }
        });
    }
}
