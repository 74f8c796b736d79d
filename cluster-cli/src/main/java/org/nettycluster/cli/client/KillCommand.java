package org.nettycluster.cli.client;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code ncluster kill}: one worker dies as in a crash. */
@Command(name = "kill", description = "Kills one worker with SIGKILL; it has a successor, as after any crash.")
public final class KillCommand extends SlotCommand {
    /** For the command line. */
    public KillCommand() {}

    @Override
    void carryOut(ClientOptions options, Cluster cluster, int slot) throws IOException, ClientException {
        ask(options, cluster, slot, "kill", "the worker in slot " + slot + " was killed");
    }
}
