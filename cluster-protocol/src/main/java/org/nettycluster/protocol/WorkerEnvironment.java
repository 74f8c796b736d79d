package org.nettycluster.protocol;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a master writes into the environment of a process that it starts, and what makes that process a worker.
 *
 * @param socket the master's control socket
 * @param worker who this process is
 * @param token proves it; valid for this one process
 * @param masterPid the process that must be our parent: environments are inherited by grandchildren, the role is not
 * @param readiness what makes this worker ready
 * @param masterLoss what it does when the master is gone
 * @param drainTimeout how long its connections may take then; 0 or more, whole milliseconds
 */
public record WorkerEnvironment(
        Path socket,
        WorkerId worker,
        Token token,
        long masterPid,
        Readiness readiness,
        MasterLoss masterLoss,
        Duration drainTimeout) {
    /** Path of the master's control socket. */
    public static final String SOCKET = "NCLUSTER_SOCKET";
    /** Who the worker is, {@code 3.2} or {@code 7}. */
    public static final String WORKER = "NCLUSTER_WORKER";
    /** The worker's secret. */
    public static final String TOKEN = "NCLUSTER_TOKEN";
    /** Process id of the master. */
    public static final String MASTER_PID = "NCLUSTER_MASTER_PID";
    /** {@code bind} or {@code explicit}; {@code bind} where it is missing. */
    public static final String READY = "NCLUSTER_READY";
    /** {@code drain} or {@code exit}; {@code drain} where it is missing. */
    public static final String ON_MASTER_LOST = "NCLUSTER_ON_MASTER_LOST";
    /** Milliseconds that connections may take when the master is gone; 30000 where it is missing. */
    public static final String DRAIN_TIMEOUT = "NCLUSTER_DRAIN_TIMEOUT";
    /** The number in {@link #WORKER}, for applications; never read here. */
    public static final String SLOT = "NCLUSTER_SLOT";
    /** The generation in {@link #WORKER}, 0 for a single fork; for applications, never read here. */
    public static final String GENERATION = "NCLUSTER_GENERATION";

    private static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(30);

    /** An environment with the default for all that may be missing. */
    public WorkerEnvironment(Path socket, WorkerId worker, Token token, long masterPid) {
        this(socket, worker, token, masterPid, Readiness.BIND, MasterLoss.DRAIN, DEFAULT_DRAIN_TIMEOUT);
    }

    /** Writes all variables, so that none is inherited from a worker that is itself a master. */
    public void putInto(Map<String, String> environment) {
        environment.put(SOCKET, socket.toString());
        environment.put(WORKER, worker.toString());
        environment.put(TOKEN, token.hex());
        environment.put(MASTER_PID, Long.toString(masterPid));
        environment.put(READY, word(readiness));
        environment.put(ON_MASTER_LOST, word(masterLoss));
        environment.put(DRAIN_TIMEOUT, Long.toString(drainTimeout.toMillis()));
        environment.put(SLOT, Integer.toString(worker.number()));
        environment.put(GENERATION, Integer.toString(worker.generation()));
    }

    /**
     * Reads the variables.
     *
     * @return empty where none of the four is set that make a worker
     * @throws IllegalArgumentException naming the variable that is missing or malformed; never its secret value
     */
    public static Optional<WorkerEnvironment> read(Map<String, String> environment) {
        if (!environment.containsKey(SOCKET)
                && !environment.containsKey(WORKER)
                && !environment.containsKey(TOKEN)
                && !environment.containsKey(MASTER_PID)) {
            return Optional.empty();
        }
        return Optional.of(new WorkerEnvironment(
                socket(required(environment, SOCKET)),
                worker(required(environment, WORKER)),
                token(required(environment, TOKEN)),
                masterPid(required(environment, MASTER_PID)),
                oneOf(Readiness.values(), READY, environment.get(READY)),
                oneOf(MasterLoss.values(), ON_MASTER_LOST, environment.get(ON_MASTER_LOST)),
                drainTimeout(environment.get(DRAIN_TIMEOUT))));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** The first value is the default. */
    private static <E extends Enum<E>> E oneOf(E[] values, String name, @Nullable String value) {
        if (value == null) {
            return values[0];
        }
        return Arrays.stream(values)
                .filter(candidate -> word(candidate).equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        name + "='" + value + "' is neither " + word(values[0]) + " nor " + word(values[1])));
    }

    private static Duration drainTimeout(@Nullable String value) {
        if (value == null) {
            return DEFAULT_DRAIN_TIMEOUT;
        }
        long millis;
        try {
            millis = Long.parseLong(value);
        } catch (NumberFormatException e) {
            millis = -1;
        }
        if (millis < 0) {
            throw new IllegalArgumentException(DRAIN_TIMEOUT + "='" + value + "' is not a number of milliseconds");
        }
        return Duration.ofMillis(millis);
    }

    private static Path socket(String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(SOCKET + " is not a path: " + e.getMessage(), e);
        }
    }

    private static WorkerId worker(String value) {
        try {
            return WorkerId.parse(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(WORKER + " is malformed: " + e.getMessage(), e);
        }
    }

    private static Token token(String value) {
        try {
            return Token.parse(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(TOKEN + " is malformed: " + e.getMessage(), e);
        }
    }

    private static long masterPid(String value) {
        long pid;
        try {
            pid = Long.parseLong(value);
        } catch (NumberFormatException e) {
            pid = 0;
        }
        if (pid <= 0) {
            throw new IllegalArgumentException(MASTER_PID + "='" + value + "' is not a process id");
        }
        return pid;
    }

    private static String required(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(name + " is not set, though other NCLUSTER_ variables are");
        }
        return value;
    }
}
