package org.nettycluster.cli.client;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What the commands to one worker share: which one is meant. */
abstract class SlotCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ClientOptions options;

    @Parameters(
            index = "0",
            paramLabel = "SLOT",
            description = "Which worker: 2 for worker 2.1, whatever its generation.")
    private int slot;

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Which cluster, if several run.")
    private @Nullable String name;

    @Override
    public final Integer call() {
        return options.run(() -> carryOut(options, options.cluster(name), slot));
    }

    abstract void carryOut(ClientOptions options, Cluster cluster, int slot) throws IOException, ClientException;

    /** One request with one answer. */
    static void ask(ClientOptions options, Cluster cluster, int slot, String action, String done)
            throws IOException, ClientException {
        String answer = cluster.ask("POST", "/v1/slots/" + slot + "/" + action, "", Duration.ofSeconds(30));
        options.say(options.json() ? answer : cluster.name() + ": " + done);
    }
}
