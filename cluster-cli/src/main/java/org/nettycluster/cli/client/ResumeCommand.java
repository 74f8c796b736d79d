package org.nettycluster.cli.client;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code ncluster resume}: one worker gets new connections again. */
@Command(name = "resume", description = "Gives a paused worker new connections again.")
public final class ResumeCommand extends SlotCommand {
    /** For the command line. */
    public ResumeCommand() {}

    @Override
    void carryOut(ClientOptions options, Cluster cluster, int slot) throws IOException, ClientException {
        ask(options, cluster, slot, "resume", "the worker in slot " + slot + " gets new connections");
    }
}
