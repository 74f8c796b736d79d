package org.nettycluster.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.accept.InheritedSocket;
import picocli.CommandLine.Option;

/**
 * Which listening sockets our parent has passed on: those named on the command line, and those of sd_listen_fds(3).
 * Written by picocli once.
 */
final class Inheritance {
    private static final int FIRST = 3;

    @Option(
            names = "--listen-fd",
            paramLabel = "N",
            description =
                    "A listening TCP socket, or a bound UDP socket, that we have inherited under this number; may be"
                            + " repeated. Workers that bind its address get it. Those that systemd passes are found without it.")
    private List<Integer> descriptors = List.of();

    /**
     * Tells the builder.
     *
     * @throws IllegalArgumentException if the command line or the environment names no descriptors
     */
    void describe(ClusterMaster.Builder builder) {
        List<InheritedSocket> sockets = new ArrayList<>(
                activated(System.getenv(), ProcessHandle.current().pid()));
        for (int descriptor : descriptors) {
            if (sockets.stream().anyMatch(socket -> socket.descriptor() == descriptor)) {
                throw new IllegalArgumentException("--listen-fd " + descriptor + " is named twice");
            }
            sockets.add(new InheritedSocket(descriptor, "--listen-fd"));
        }
        sockets.forEach(builder::inherit);
    }

    /** The sockets of sd_listen_fds(3): none unless they are meant for this process. */
    static List<InheritedSocket> activated(Map<String, String> environment, long pid) {
        String count = environment.get("LISTEN_FDS");
        if (count == null || !Long.toString(pid).equals(environment.get("LISTEN_PID"))) {
            return List.of();
        }
        int sockets;
        try {
            sockets = Integer.parseInt(count);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("LISTEN_FDS=" + count + " is no number");
        }
        String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
        List<InheritedSocket> activated = new ArrayList<>();
        for (int i = 0; i < sockets; i++) {
            activated.add(new InheritedSocket(FIRST + i, i < names.length ? names[i] : ""));
        }
        return activated;
    }
}
