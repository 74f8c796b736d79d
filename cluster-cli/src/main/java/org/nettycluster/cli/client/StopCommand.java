package org.nettycluster.cli.client;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.nettycluster.admin.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ncluster stop}: ends a cluster, and returns when no process of it is left. */
@Command(name = "stop", description = "Stops a cluster in good order, and waits for that.")
public final class StopCommand implements Callable<Integer> {
    private static final long LAST_STEPS = TimeUnit.SECONDS.toNanos(10);
    private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(10);

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ClientOptions options;

    @Option(names = "--now", description = "Kill its processes: running requests are cut.")
    private boolean now;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "Which cluster, if several run.")
    private @Nullable String name;

    /** For the command line. */
    public StopCommand() {}

    @Override
    public Integer call() {
        return options.run(() -> {
            Cluster cluster = options.cluster(name);
            long master = Json.read(cluster.status()).number("pid");
            String answer = cluster.ask("POST", "/v1/stop", Json.write(Map.of("atOnce", now)), Duration.ZERO);
            awaitEnd(cluster, master);
            options.say(options.json() ? answer : cluster.name() + ": stopped");
        });
    }

    /** Its workers have ended; a successor of the same name may start only when the master itself has, too. */
    private static void awaitEnd(Cluster cluster, long master) throws ClientException {
        long deadline = System.nanoTime() + LAST_STEPS;
        while (ProcessHandle.of(master).isPresent()) {
            if (System.nanoTime() - deadline > 0) {
                throw new ClientException(
                        ClientException.FAILED,
                        "the workers of " + cluster.name() + " have ended, but its master (pid " + master
                                + ") has not");
            }
            LockSupport.parkNanos(LOOK_AGAIN);
        }
    }
}
