package org.nettycluster.testsuite;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the servers themselves have counted: who was answered twice shows here, and nowhere else.
 *
 * @param requests of all processes together, without those of the census
 */
record Census(long requests) {
    private static final Pattern JSON =
            Pattern.compile("\\{\"worker\":\"[0-9.]+\",\"pid\":([0-9]+),.*\"requests\":([0-9]+)}\n");

    /** Asks every process that lives; {@code asked} counts the questions, since they are requests themselves. */
    static Census take(TestCluster cluster, Questions asked) {
        List<Long> pids = cluster.workers();
        Map<Long, KeepAlive> connections = new HashMap<>();
        List<KeepAlive> all = new ArrayList<>();
        try {
            Await.until(Duration.ofSeconds(10), () -> "a connection to each of " + pids, () -> {
                try {
                    KeepAlive connection = new KeepAlive(cluster.address());
                    all.add(connection);
                    asked.count++;
                    connections.put(connection.pid(), connection);
                    return connections.keySet().containsAll(pids);
                } catch (IOException e) {
                    throw new AssertionError("a census needs a healthy cluster", e);
                }
            });
            long sum = 0;
            for (KeepAlive connection : connections.values()) {
                Matcher json = JSON.matcher(connection.get("/json"));
                asked.count++;
                if (!json.matches()) {
                    throw new AssertionError("no count: " + json);
                }
                sum += Long.parseLong(json.group(2));
            }
            return new Census(sum - asked.count);
        } catch (IOException e) {
            throw new AssertionError("a census needs a healthy cluster", e);
        } finally {
            for (KeepAlive connection : all) {
                try {
                    connection.close();
                } catch (IOException e) {
                    // The count is taken.
                }
            }
        }
    }

    /** How many requests all censuses of one cluster have made. */
    static final class Questions {
        private long count;
    }
}
