package org.nettycluster.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.protocol.Readiness;

/**
 * What is waited for when a fleet is not ready after a while. Immutable.
 *
 * @param patience how long it was waited
 * @param readiness what makes a worker ready
 * @param bound those who are not ready though a server channel of theirs is bound
 * @param unbound those of whom none is
 */
record Lateness(Duration patience, Readiness readiness, List<WorkerProcess> bound, List<WorkerProcess> unbound) {
    private static final String EXPLICIT = "--ready explicit waits until the program calls ClusterWorker's ready()";

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        boolean explicit = readiness == Readiness.EXPLICIT;
        if (!bound.isEmpty()) {
            lines.add(
                    explicit
                            ? say("a port is bound, but ready() was not called, in ", bound, EXPLICIT)
                            : say("a port is bound, but no connections are asked for, in ", bound, "it may be busy"));
        }
        if (!unbound.isEmpty()) {
            lines.add(
                    explicit
                            ? say("nothing is bound, and ready() was not called, in ", unbound, EXPLICIT)
                            : say(
                                    "nothing is bound in ",
                                    unbound,
                                    "does the program use ClusterWorker.serverChannelFactory()?"));
        }
        return lines;
    }

    private String say(String what, List<WorkerProcess> where, String hint) {
        return "waiting: after " + patience.toSeconds() + " s " + what
                + where.stream().map(WorkerProcess::toString).collect(Collectors.joining(", ")) + ": " + hint;
    }
}
