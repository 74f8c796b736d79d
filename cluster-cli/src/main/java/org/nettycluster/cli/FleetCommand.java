package org.nettycluster.cli;

import java.util.function.Supplier;
import org.nettycluster.master.ClusterMaster;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What {@code run} and {@code demo} have in common: from options to a fleet in the foreground. On the main thread. */
final class FleetCommand {
    private FleetCommand() {}

    /**
     * Runs the program until a signal asks to stop; what the master says is out when this returns.
     *
     * @param named says which program, or throws {@link IllegalArgumentException} with the user's mistake
     * @return the exit code
     */
    static int run(CommandSpec spec, FleetOptions fleet, Supplier<Program> named, QuickStart quick)
            throws InterruptedException {
        OwnLines out = new OwnLines(System.out);
        OwnLines err = new OwnLines(System.err);
        LogLines.install(fleet.verbose(), err::line);
        try {
            Program program;
            ClusterMaster.Builder builder;
            try {
                program = named.get();
                builder = fleet.describe(program, quick);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
            }
            Foreground foreground =
                    new Foreground(fleet.nameOr(program.name()), fleet.workers(), fleet.supervision(), out, err);
            if (quick.rehearse()) {
                foreground.stopWhenReady();
            }
            return foreground.run(builder);
        } finally {
            out.flush();
            err.flush();
        }
    }
}
