package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The programs of a checkout, built.
 *
 * @param home of the checkout
 */
public record Installation(Path home) {
    /**
     * Where the system property {@code ncluster.home} says.
     *
     * @throws IOException if something is not built
     */
    static Installation find() throws IOException {
        String home = System.getProperty("ncluster.home");
        if (home == null) {
            throw new IOException("the system property ncluster.home is not set: start me by benchmarks/faults");
        }
        Installation found = new Installation(Path.of(home).toAbsolutePath());
        for (Path jar :
                new Path[] {found.command(), found.home.resolve("cluster-cli/target/ncluster.jar"), found.example()}) {
            if (!Files.isRegularFile(jar)) {
                throw new IOException(jar + " is missing: run\n"
                        + "mvn -Dquick -Dmaven.test.skip=true -pl benchmarks,cluster-cli,examples/http -am package in "
                        + found.home);
            }
        }
        return found;
    }

    /** The command {@code ncluster}. */
    public Path command() {
        return home.resolve("bin/ncluster");
    }

    /** The jar of the HTTP example; its libraries are in {@code lib} beside it. */
    public Path example() {
        return home.resolve("examples/http/target/http-example.jar");
    }
}
