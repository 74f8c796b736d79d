package org.nettycluster.cli.client;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code ncluster pause}: one worker gets no new connections. */
@Command(name = "pause", description = "Gives one worker no new connections; it keeps those it has.")
public final class PauseCommand extends SlotCommand {
    /** For the command line. */
    public PauseCommand() {}

    @Override
    void carryOut(ClientOptions options, Cluster cluster, int slot) throws IOException, ClientException {
        ask(
                options,
                cluster,
                slot,
                "pause",
                "the worker in slot " + slot + " gets no new connections until resume " + slot);
    }
}
