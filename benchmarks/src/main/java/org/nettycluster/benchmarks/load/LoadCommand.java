package org.nettycluster.benchmarks.load;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * The command {@code benchmarks/load}: one run, one JSON line. It ends with 0 if the figures may be used, whatever they
 * say, with 2 if it was called wrongly and with 3 if the run is void.
 */
public final class LoadCommand {
    private static final String USAGE = """
            usage: load --url URL [--mode one-shot|keep-alive|h2c|echo] [options]
              --rate N              attempts a second (not in the mode keep-alive)
              --seconds N           length of the counted part; without it until SIGINT or SIGTERM
              --warm-up-seconds N   attempts that are not counted, for so long
              --warm-up-attempts N  or so many
              --timeout-ms N        of an attempt, from the moment at which it was due; 10000
              --bound-ms N          what is to be judged: exit code 3 if our own p99 lateness exceeds half of it
              --clients N           keep-alive: 50
              --think-ms A-B        keep-alive: from one request of a client to its next; 0-200
              --connections N       h2c: 4
              --streams N           h2c: at once on each connection; 100
              --payload N           echo: bytes; 64
              --failures N          how many failures to list; 1000
              --seed N              keep-alive: of the think times
            """;

    private LoadCommand() {}

    /** See the class. */
    public static void main(String... args) throws InterruptedException {
        if (args.length == 0 || args[0].equals("--help")) {
            System.out.print(USAGE);
            return;
        }
        LoadRun run;
        try {
            run = parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("load: " + e.getMessage());
            System.exit(2);
            return;
        }
        CountDownLatch printed = new CountDownLatch(1);
        Thread hook = new Thread(() -> finish(run, printed));
        Runtime.getRuntime().addShutdownHook(hook);
        Report report = run.run();
        System.out.println(report.json());
        printed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // Told to end: the hook does.
            hook.join();
        }
        System.exit(code(report));
    }

    private static void finish(LoadRun run, CountDownLatch printed) {
        Report report = run.stop();
        try {
            printed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // A signal's own exit code would hide ours.
        Runtime.getRuntime().halt(code(report));
    }

    private static int code(Report report) {
        return report.isVoid() ? 3 : 0;
    }

    static LoadRun parse(String... args) {
        Options options = new Options(args);
        Duration[] think = options.range("think-ms", "0-200");
        LoadRunBuilder builder = LoadRun.builder(URI.create(options.text("url")))
                .mode(Mode.of(options.text("mode", "one-shot")))
                .rate(options.number("rate", 0))
                .warmUp(options.seconds("warm-up-seconds", 0))
                .warmUpAttempts(options.whole("warm-up-attempts", 0))
                .timeout(options.millis("timeout-ms", 10_000))
                .clients(options.whole("clients", 50), think[0], think[1])
                .connections(options.whole("connections", 4), options.whole("streams", 100))
                .payload(options.whole("payload", 64))
                .failuresKept(options.whole("failures", 1000));
        if (options.has("seconds")) {
            builder.length(options.seconds("seconds", 0));
        }
        if (options.has("bound-ms")) {
            builder.bound(options.millis("bound-ms", 0));
        }
        if (options.has("seed")) {
            builder.seed(options.whole("seed", 0));
        }
        options.refuseOthers();
        return builder.build();
    }
}
