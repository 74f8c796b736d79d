package org.nettycluster.examples.grpc;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nettycluster.examples.grpc.proto.Server;

/** What the load has counted. Any thread may count; read it when all calls have ended. */
final class Tally {
    private final Map<Kind, LongAdder> answered =
            Stream.of(Kind.values()).collect(Collectors.toUnmodifiableMap(kind -> kind, kind -> new LongAdder()));
    private final Map<String, Set<String>> connections = new ConcurrentSkipListMap<>();
    private final LongAdder failures = new LongAdder();
    private final AtomicReference<@Nullable String> firstFailure = new AtomicReference<>();
    private final long start = System.nanoTime();

    void answered(Kind kind, String connection, Server server) {
        answered(kind).increment();
        String name = server.getWorker().isEmpty() ? "pid " + server.getPid() : server.getWorker();
        connections
                .computeIfAbsent(name, ignored -> ConcurrentHashMap.newKeySet())
                .add(connection);
    }

    void failed(Kind kind, String connection, String reason) {
        failures.increment();
        firstFailure.compareAndSet(null, connection + ", " + kind.key() + ": " + reason);
    }

    long count(Kind kind) {
        return answered(kind).sum();
    }

    private LongAdder answered(Kind kind) {
        return Objects.requireNonNull(answered.get(kind));
    }

    long failures() {
        return failures.sum();
    }

    Optional<String> firstFailure() {
        return Optional.ofNullable(firstFailure.get());
    }

    /** How many connections each worker has answered; a connection that was made again counts with each of its workers. */
    Map<String, Integer> connectionsPerWorker() {
        Map<String, Integer> sizes = new TreeMap<>();
        connections.forEach((worker, names) -> sizes.put(worker, names.size()));
        return sizes;
    }

    /** All of it, on one line. */
    String json() {
        String kinds = Stream.of(Kind.values())
                .map(kind -> '"' + kind.key() + "\":" + count(kind))
                .collect(Collectors.joining(","));
        String workers = connectionsPerWorker().entrySet().stream()
                .map(entry -> '"' + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(","));
        return "{" + kinds + ",\"failures\":" + failures() + ",\"millis\":" + (System.nanoTime() - start) / 1_000_000
                + ",\"connectionsPerWorker\":{" + workers + "}}";
    }
}
