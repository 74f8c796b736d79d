package org.nettycluster.protocol;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a master writes into the environment of a process that it starts, and what makes that process a worker.
 *
 * @param socket the master's control socket
 * @param worker who this process is
 * @param token proves it; valid for this one process
 * @param masterPid the process that must be our parent: environments are inherited by grandchildren, the role is not
 */
public record WorkerEnvironment(Path socket, WorkerId worker, Token token, long masterPid) {
    /** Path of the master's control socket. */
    public static final String SOCKET = "NCLUSTER_SOCKET";
    /** Who the worker is, {@code 3.2} or {@code 7}. */
    public static final String WORKER = "NCLUSTER_WORKER";
    /** The worker's secret. */
    public static final String TOKEN = "NCLUSTER_TOKEN";
    /** Process id of the master. */
    public static final String MASTER_PID = "NCLUSTER_MASTER_PID";

    /** Writes the four variables. */
    public void putInto(Map<String, String> environment) {
        environment.put(SOCKET, socket.toString());
        environment.put(WORKER, worker.toString());
        environment.put(TOKEN, token.hex());
        environment.put(MASTER_PID, Long.toString(masterPid));
    }

    /**
     * Reads the four variables.
     *
     * @return empty where none of them is set
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
                masterPid(required(environment, MASTER_PID))));
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
