package org.nettycluster.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nettycluster.cli.client.TimeSpan;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.schedule.LeastConnections;
import org.nettycluster.master.schedule.RoundRobin;
import org.nettycluster.master.schedule.Scheduler;
import org.nettycluster.master.schedule.SourceHash;
import org.nettycluster.master.schedule.TwoChoices;
import org.nettycluster.master.schedule.Weighted;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of a fleet that say who gets the next connection. Written by picocli once, then only read. */
final class Scheduling {
    private static final String ROUND_ROBIN = "round-robin";
    private static final String LEAST_CONNECTIONS = "least-connections";
    private static final String TWO_CHOICES = "two-choices";
    private static final String WEIGHTED = "weighted";
    private static final String SOURCE_HASH = "source-hash";
    private static final String NONE = "none";

    @Option(
            names = "--scheduler",
            paramLabel = "NAME|CLASS",
            description =
                    "Who gets the next connection: round-robin, the default, least-connections, two-choices,"
                            + " weighted, source-hash, none (workers accept for themselves), or a class of yours by its full name.")
    private String scheduler = ROUND_ROBIN;

    @Option(
            names = "--scheduler-path",
            paramLabel = "PATH",
            description = "Class path on which that class is; default the program's.")
    private @Nullable String schedulerPath;

    @Option(
            names = "--weights",
            paramLabel = "N,N...",
            converter = Weights.Reader.class,
            description = "For weighted: how much slot 1, 2 and so on get; slots beyond get 1.")
    private @Nullable Weights weights;

    @Option(
            names = "--slow-start",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "For weighted and least-connections: for so long a new worker gets less, a tenth at first.")
    private @Nullable Duration slowStart;

    @Option(
            names = "--source-prefix",
            paramLabel = "V4/V6",
            converter = Prefixes.Reader.class,
            description = "For source-hash: bits of a client's address that count, as in 24/64; default all, 32/128.")
    private @Nullable Prefixes prefixes;

    /** Weights by slot. */
    record Weights(List<Integer> bySlot) {
        /** Reads {@code 1,2,3}. */
        static final class Reader implements ITypeConverter<Weights> {
            @Override
            public Weights convert(String text) {
                List<Integer> numbers = new ArrayList<>();
                for (String part : text.split(",", -1)) {
                    try {
                        numbers.add(Integer.parseInt(part));
                    } catch (NumberFormatException e) {
                        throw new TypeConversionException("'" + text + "' are no weights: write 1,2,3");
                    }
                }
                return new Weights(numbers);
            }
        }
    }

    /** Bits of an IPv4 and of an IPv6 address. */
    record Prefixes(int ipv4, int ipv6) {
        /** Reads {@code 24/64}. */
        static final class Reader implements ITypeConverter<Prefixes> {
            @Override
            public Prefixes convert(String text) {
                int slash = text.indexOf('/');
                try {
                    return new Prefixes(
                            Integer.parseInt(text.substring(0, Math.max(0, slash))),
                            Integer.parseInt(text.substring(slash + 1)));
                } catch (NumberFormatException e) {
                    throw new TypeConversionException("'" + text + "' is not IPV4-BITS/IPV6-BITS, as in 24/64");
                }
            }
        }
    }

    /**
     * Tells the builder.
     *
     * @param program on whose class path a scheduler may be
     * @throws IllegalArgumentException if there is no such scheduler, or it can't be made
     */
    void describe(ClusterMaster.Builder builder, Program program) {
        only("--weights", weights, WEIGHTED);
        only("--slow-start", slowStart, WEIGHTED, LEAST_CONNECTIONS);
        only("--source-prefix", prefixes, SOURCE_HASH);
        boolean ownClass = scheduler.indexOf('.') >= 0;
        if (schedulerPath != null && !ownClass) {
            throw new IllegalArgumentException(
                    "--scheduler-path is for a class, and --scheduler " + scheduler + " is none");
        }
        builder.shared(scheduler.equals(NONE));
        builder.scheduler(
                ownClass
                        ? SchedulerClass.instance(
                                scheduler, schedulerPath == null ? program.classPath() : schedulerPath)
                        : builtIn());
    }

    private Scheduler builtIn() {
        Duration warmUp = slowStart == null ? Duration.ZERO : slowStart;
        return switch (scheduler) {
            case ROUND_ROBIN, NONE -> new RoundRobin();
            case LEAST_CONNECTIONS -> new LeastConnections(warmUp);
            case TWO_CHOICES -> new TwoChoices();
            case WEIGHTED -> new Weighted(weights == null ? List.of() : weights.bySlot(), warmUp);
            case SOURCE_HASH -> prefixes == null ? new SourceHash() : new SourceHash(prefixes.ipv4(), prefixes.ipv6());
            default ->
                throw new IllegalArgumentException("no scheduler is called '" + scheduler
                        + "': take " + ROUND_ROBIN + ", " + LEAST_CONNECTIONS + ", " + TWO_CHOICES + ", " + WEIGHTED
                        + ", " + SOURCE_HASH + ", " + NONE + ", or a class by its full name, with a package");
        };
    }

    private void only(String option, @Nullable Object value, String... schedulers) {
        if (value != null && !List.of(schedulers).contains(scheduler)) {
            throw new IllegalArgumentException(
                    option + " is for --scheduler " + String.join(" or ", schedulers) + ", not " + scheduler);
        }
    }
}
