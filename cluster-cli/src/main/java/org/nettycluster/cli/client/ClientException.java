package org.nettycluster.cli.client;

import java.util.List;

/** A command cannot do what was asked: one line for the user, and the exit code that a script can tell it by. */
final class ClientException extends Exception {
    /** It was tried and did not work. */
    static final int FAILED = 1;
    /** Nobody could do what was asked. */
    static final int MISTAKE = 2;
    /** No such cluster, or none that can be meant. */
    static final int NO_CLUSTER = 3;
    /** Refused, because another change is in progress or the cluster cannot do it now. */
    static final int NOT_NOW = 4;

    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String lastLines;

    ClientException(int exitCode, String message) {
        this(exitCode, message, List.of());
    }

    ClientException(int exitCode, String message, List<String> lastLines) {
        super(message);
        this.exitCode = exitCode;
        this.lastLines = String.join("\n", lastLines);
    }

    int exitCode() {
        return exitCode;
    }

    /** What the failed worker printed last. */
    List<String> lastLines() {
        return lastLines.isEmpty() ? List.of() : lastLines.lines().toList();
    }
}
