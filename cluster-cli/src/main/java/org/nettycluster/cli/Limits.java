package org.nettycluster.cli;

import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.dispatch.Overload;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of a fleet that say how many connections it has at once. Written by picocli once, then only read. */
final class Limits {
    @Option(
            names = "--max-connections",
            paramLabel = "N",
            converter = Count.class,
            description = "Connections that one worker may have at once; default none, no limit.")
    private int maxConnections;

    @Option(
            names = "--max-total",
            paramLabel = "N",
            converter = Count.class,
            description = "Connections that all workers together may have; default none, no limit.")
    private int maxTotal;

    @Option(
            names = "--overload",
            paramLabel = "wait|reset",
            converter = OverloadReader.class,
            description = "Clients beyond a limit wait in the kernel's backlog, the default, or are reset at once.")
    private Overload overload = Overload.WAIT;

    /** Reads a number from 1, or {@code none}. */
    static final class Count implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            if (text.equals("none")) {
                return 0;
            }
            try {
                int count = Integer.parseInt(text);
                if (count >= 1) {
                    return count;
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw new TypeConversionException("'" + text + "' is neither a number from 1 nor none");
        }
    }

    /** Reads {@code wait} or {@code reset}. */
    static final class OverloadReader implements ITypeConverter<Overload> {
        @Override
        public Overload convert(String text) {
            return switch (text) {
                case "wait" -> Overload.WAIT;
                case "reset" -> Overload.RESET;
                default -> throw new TypeConversionException("'" + text + "' is neither wait nor reset");
            };
        }
    }

    /** Tells the builder. */
    void describe(ClusterMaster.Builder builder) {
        builder.maxConnections(maxConnections).maxTotal(maxTotal).overload(overload);
    }
}
