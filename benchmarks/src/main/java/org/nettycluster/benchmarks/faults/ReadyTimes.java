package org.nettycluster.benchmarks.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nettycluster.admin.Json;
import org.nettycluster.admin.JsonObject;

/** How long one more worker takes, and a reload of four, by a clock that is in neither the master nor a worker. */
final class ReadyTimes implements Scenario {
    @Override
    public String name() {
        return "ready-times";
    }

    @Override
    public String promise() {
        return "no bound: how long it takes from the request until one more worker is ready (a fifth), and a reload of 4 with"
                + " nobody connected, by a clock outside of them, on the Java that JAVA_HOME names";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        int times = stage.choose(2, 10);
        RunningCluster cluster = stage.cluster(4, List.of());
        List<Long> started = new ArrayList<>();
        List<Long> reloaded = new ArrayList<>();
        List<Long> commanded = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            started.add(millis(cluster, "/v1/scale", "{\"by\":1}"));
            cluster.post("/v1/scale", "{\"by\":-1}");
            reloaded.add(millis(cluster, "/v1/reload", "{}"));
            CommandResult command = cluster.command("reload");
            verdict.require(command.exitCode() == 0, "ncluster reload: " + command.lastLine());
            commanded.add(command.took().toMillis());
            stage.say("one more " + started.get(i) + " ms, reload of 4 " + reloaded.get(i)
                    + " ms, with the command's own start " + commanded.get(i) + " ms");
        }
        verdict.figure("Java", System.getProperty("java.version"))
                .figure("processors", Runtime.getRuntime().availableProcessors())
                .figure("one more worker ready in ms", spread(started))
                .figure("reload of 4 in ms", spread(reloaded))
                .figure("ncluster reload in ms", spread(commanded));
    }

    private static long millis(RunningCluster cluster, String target, String body) throws Exception {
        long from = System.nanoTime();
        String answer = cluster.post(target, body);
        long took = Duration.ofNanos(System.nanoTime() - from).toMillis();
        JsonObject last = Json.read(answer.lines().reduce((one, other) -> other).orElse("{}"));
        if (last.has("outcome") && !last.text("outcome").equals("done")) {
            throw new IllegalStateException("the reload was " + last.text("outcome") + ": " + last.text("reason"));
        }
        return took;
    }

    private static String spread(List<Long> values) {
        List<Long> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(0) + "/" + sorted.get(sorted.size() / 2) + "/" + sorted.get(sorted.size() - 1)
                + " (least/median/most of " + values.size() + ")";
    }
}
