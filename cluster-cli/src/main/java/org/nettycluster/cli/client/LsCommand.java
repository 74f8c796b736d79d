package org.nettycluster.cli.client;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.nettycluster.admin.Json;
import org.nettycluster.admin.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ncluster ls}: which clusters of this user run, and what is wrong with them. */
@Command(name = "ls", description = "Lists the clusters that run, and what is wrong with them.")
public final class LsCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ClientOptions options;

    @Option(names = "--rehearse", hidden = true, description = "Lists a cluster that does not exist.")
    private boolean rehearse;

    /** For the command line. */
    public LsCommand() {}

    @Override
    public Integer call() {
        return options.run(rehearse ? this::rehearse : this::list);
    }

    private void rehearse() throws IOException, ClientException {
        try (Rehearsal rehearsal = Rehearsal.begin()) {
            list(List.of(Clusters.one(rehearsal.directory(), null)));
            Clusters.everywhere();
        }
    }

    private void list() throws IOException, ClientException {
        list(options.runDirectory() == null ? Clusters.everywhere() : List.of(options.cluster(null)));
    }

    private void list(List<Cluster> found) throws IOException, ClientException {
        List<String> answers = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        for (Cluster cluster : found) {
            if (!Clusters.listens(cluster)) {
                continue;
            }
            try {
                answers.add(cluster.status());
            } catch (IOException e) {
                silent.add(cluster.name() + " does not answer: is its master stopped?");
            }
        }
        if (options.json()) {
            options.say("[" + String.join(",", answers) + "]");
        } else if (answers.isEmpty() && silent.isEmpty()) {
            options.say("no cluster runs");
        } else if (!answers.isEmpty()) {
            List<JsonObject> clusters = new ArrayList<>();
            for (String answer : answers) {
                clusters.add(Json.read(answer));
            }
            StatusText.list(clusters, Instant.now()).forEach(options::say);
        }
        if (!silent.isEmpty()) {
            throw new ClientException(ClientException.FAILED, String.join("; ", silent));
        }
    }
}
