package org.nettycluster.cli.client;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code ncluster restart}: one worker is replaced, and may try again if it had given up. */
@Command(name = "restart", description = "Replaces one worker as reload does, and closes its breaker if that is open.")
public final class RestartCommand extends SlotCommand {
    /** For the command line. */
    public RestartCommand() {}

    @Override
    void carryOut(ClientOptions options, Cluster cluster, int slot) throws IOException, ClientException {
        Steps.follow(options, cluster, "/v1/slots/" + slot + "/restart", "");
    }
}
