package org.nettycluster.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ncluster demo}: the HTTP example on many JVMs, found beside the launcher script. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = "Runs the HTTP example on many JVMs: see which of them answers.",
        footer = {
            "",
            "Examples:",
            "  ncluster demo -w 4",
            "  curl http://127.0.0.1:8080/            says which worker answers; the next call, another one"
        })
final class DemoCommand implements Callable<Integer> {
    /** Set by the launcher script: the directory that holds {@code examples}. */
    static final String HOME = "ncluster.home";
    /** Set by the launcher script where it has one: an archive of the example's loaded classes. */
    static final String ARCHIVE = "ncluster.demo.archive";

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private FleetOptions fleet;

    @Option(names = "--host", paramLabel = "H", description = "Where to listen; default ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "P",
            description = "Where to listen; default ${DEFAULT-VALUE}, 0 lets the kernel choose.")
    private int port = 8080;

    @Option(names = "--rehearse", hidden = true, description = "Stops when it is ready, or takes too long for that.")
    private boolean rehearse;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        return FleetCommand.run(spec, fleet, this::program, quickStart());
    }

    private QuickStart quickStart() {
        String archive = System.getProperty(ARCHIVE);
        // One that does not fit is passed over; nobody wants to hear why.
        return new QuickStart(
                archive == null ? List.of() : List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds*=off"), rehearse);
    }

    Program program() {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("--port " + port + " is no port from 0 to 65535");
        }
        String home = System.getProperty(HOME);
        if (home == null) {
            throw new IllegalArgumentException(
                    "the demo comes with the sources: start it with bin/ncluster of a checkout");
        }
        Path jar = Path.of(home, "examples", "http", "target", "http-example.jar");
        if (!Files.exists(jar)) {
            throw new IllegalArgumentException(
                    "the demo is not built: start it with " + Path.of(home, "bin", "ncluster"));
        }
        return Program.ofJar(jar.toString(), List.of("--host", host, "--port", Integer.toString(port)));
    }
}
