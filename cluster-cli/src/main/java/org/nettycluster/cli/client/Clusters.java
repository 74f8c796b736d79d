package org.nettycluster.cli.client;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nettycluster.admin.AdminEndpoint;
import org.nettycluster.master.control.RunDirectory;

/** Finds clusters by their run directories. Trusts none that somebody else could have put there. */
final class Clusters {
    private Clusters() {}

    /** Those in the places where masters of this user put their directories unless told otherwise, by name. */
    static List<Cluster> everywhere() throws IOException {
        return in(RunDirectory.bases(System.getenv("XDG_RUNTIME_DIR"), RunDirectory.currentUid()));
    }

    static List<Cluster> in(List<Path> bases) {
        List<Cluster> found = new ArrayList<>();
        for (Path base : bases) {
            if (!Files.isDirectory(base)) {
                continue;
            }
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(base)) {
                for (Path entry : entries) {
                    if (hasSocket(entry)) {
                        addIfSafe(entry, found);
                    }
                }
            } catch (IOException e) {
                // Not ours to read: then nothing in it is ours either.
            }
        }
        found.sort(Comparator.comparing(Cluster::name));
        return found;
    }

    /** The one that is meant: in this directory, of this name, or the only one that runs. */
    static Cluster one(@Nullable Path runDirectory, @Nullable String name) throws ClientException {
        try {
            if (runDirectory != null) {
                if (!hasSocket(runDirectory)) {
                    throw none("no cluster runs in " + runDirectory);
                }
                return at(runDirectory);
            }
            return choose(everywhere().stream().filter(Clusters::listens).toList(), name);
        } catch (IOException e) {
            throw new ClientException(ClientException.NO_CLUSTER, String.valueOf(e.getMessage()));
        }
    }

    /** The one of this name, or the only one. */
    static Cluster choose(List<Cluster> running, @Nullable String name) throws ClientException {
        List<Cluster> meant = name == null
                ? running
                : running.stream().filter(each -> each.name().equals(name)).toList();
        if (meant.size() == 1) {
            return meant.get(0);
        }
        String names = running.stream().map(Cluster::name).collect(Collectors.joining(", "));
        if (meant.size() > 1) {
            throw none(
                    name == null
                            ? "several clusters run, name one of " + names
                            : "several clusters " + name + " run: choose one with --run-dir");
        }
        throw none("no cluster " + (name == null ? "" : name + " ") + "of this user runs"
                + (running.isEmpty() ? ": --run-dir names one elsewhere" : ", but " + names));
    }

    /** A master that was killed leaves its socket behind; nobody listens there. */
    static boolean listens(Cluster cluster) {
        return AdminClient.listens(cluster.socket());
    }

    /** One that somebody else could have put there is passed over, and the others are not its business. */
    private static void addIfSafe(Path directory, List<Cluster> found) {
        try {
            found.add(at(directory));
        } catch (IOException e) {
            // Whoever means this one names it with --run-dir, and is told why not.
        }
    }

    private static boolean hasSocket(Path directory) {
        return Files.exists(directory.resolve(AdminEndpoint.SOCKET), LinkOption.NOFOLLOW_LINKS);
    }

    private static Cluster at(Path directory) throws IOException {
        Path safe = RunDirectory.requireSafe(directory);
        return new Cluster(String.valueOf(safe.getFileName()), safe.resolve(AdminEndpoint.SOCKET));
    }

    private static ClientException none(String message) {
        return new ClientException(ClientException.NO_CLUSTER, message);
    }
}
