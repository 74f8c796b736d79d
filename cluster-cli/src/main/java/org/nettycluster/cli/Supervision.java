package org.nettycluster.cli;

import java.time.Duration;
import org.nettycluster.cli.client.TimeSpan;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.ReloadOptions;
import org.nettycluster.protocol.MasterLoss;
import org.nettycluster.protocol.Readiness;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of a fleet that say how its workers come, go and are replaced. Written by picocli once. */
final class Supervision {
    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(100);

    @Option(
            names = "--max-surge",
            paramLabel = "N",
            description = "Workers beyond the usual number while a reload runs; default ${DEFAULT-VALUE}.")
    private int maxSurge = 1;

    @Option(
            names = "--ready",
            paramLabel = "bind|explicit",
            converter = ReadinessReader.class,
            description = "What makes a worker ready: its first bind, the default, or ClusterWorker.ready().")
    private Readiness readiness = Readiness.BIND;

    @Option(
            names = "--ready-timeout",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "A worker that is not ready by then has failed; default 60s.")
    private Duration readyTimeout = Duration.ofSeconds(60);

    @Option(
            names = "--bake",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "How long the first new worker of a reload must serve well; default 0.")
    private Duration bake = Duration.ZERO;

    @Option(
            names = "--drain-timeout",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "How long running requests may take when a worker ends; default 30s.")
    private Duration drainTimeout = Duration.ofSeconds(30);

    @Option(
            names = "--drain-idle",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "How long an idle connection may stay then; default 5s.")
    private Duration drainIdle = Duration.ofSeconds(5);

    @Option(
            names = "--back-off-max",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description =
                    "The longest wait between a crash and the next start; it begins at 100ms and doubles. Default 30s.")
    private Duration backOffMax = Duration.ofSeconds(30);

    @Option(
            names = "--breaker",
            paramLabel = "N/TIME|off",
            converter = Limit.Reader.class,
            description = "So many crashes of one slot within this time, and it gives up; default 10/60s.")
    private Limit breaker = new Limit(10, Duration.ofSeconds(60));

    @Option(
            names = "--stall-warn",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description =
                    "An event loop that stands for so long is reported and routed around; default 5s, 0 for never.")
    private Duration stallWarn = Duration.ofSeconds(5);

    @Option(
            names = "--on-master-lost",
            paramLabel = "exit|drain",
            converter = MasterLossReader.class,
            description = "What workers do when the master is gone; default drain: they end what runs, and exit.")
    private MasterLoss masterLoss = MasterLoss.DRAIN;

    /**
     * Crashes of one slot that are too many.
     *
     * @param crashes 0 for no limit
     */
    record Limit(int crashes, Duration within) {
        /** Reads {@code 10/60s} or {@code off}. */
        static final class Reader implements ITypeConverter<Limit> {
            @Override
            public Limit convert(String text) {
                if (text.equals("off")) {
                    return new Limit(0, Duration.ZERO);
                }
                int slash = text.indexOf('/');
                try {
                    int crashes = Integer.parseInt(text.substring(0, Math.max(0, slash)));
                    if (crashes >= 1) {
                        return new Limit(crashes, new TimeSpan().convert(text.substring(slash + 1)));
                    }
                } catch (NumberFormatException e) {
                    // Said below.
                }
                throw new TypeConversionException("'" + text + "' is neither CRASHES/TIME, as in 10/60s, nor off");
            }
        }
    }

    /** Reads {@code bind} or {@code explicit}. */
    static final class ReadinessReader implements ITypeConverter<Readiness> {
        @Override
        public Readiness convert(String text) {
            return switch (text) {
                case "bind" -> Readiness.BIND;
                case "explicit" -> Readiness.EXPLICIT;
                default -> throw new TypeConversionException("'" + text + "' is neither bind nor explicit");
            };
        }
    }

    /** Reads {@code exit} or {@code drain}. */
    static final class MasterLossReader implements ITypeConverter<MasterLoss> {
        @Override
        public MasterLoss convert(String text) {
            return switch (text) {
                case "exit" -> MasterLoss.EXIT;
                case "drain" -> MasterLoss.DRAIN;
                default -> throw new TypeConversionException("'" + text + "' is neither exit nor drain");
            };
        }
    }

    Readiness readiness() {
        return readiness;
    }

    Duration drainTimeout() {
        return drainTimeout;
    }

    /** How reloads go about it unless one is told otherwise. */
    ReloadOptions reload() {
        return ReloadOptions.defaults()
                .withMaxSurge(maxSurge)
                .withReadyTimeout(readyTimeout)
                .withBake(bake);
    }

    /**
     * Tells the builder.
     *
     * @throws IllegalArgumentException if a value is beyond its limits
     */
    void describe(ClusterMaster.Builder builder) {
        Duration first = backOffMax.compareTo(FIRST_BACK_OFF) < 0 ? backOffMax : FIRST_BACK_OFF;
        builder.backOff(first, backOffMax)
                .drainTimeout(drainTimeout)
                .drainIdle(drainIdle)
                .readiness(readiness)
                .readyTimeout(readyTimeout)
                .stallWarn(stallWarn)
                .onMasterLost(masterLoss);
        if (breaker.crashes() == 0) {
            builder.noBreaker();
        } else {
            builder.breaker(breaker.crashes(), breaker.within());
        }
    }
}
