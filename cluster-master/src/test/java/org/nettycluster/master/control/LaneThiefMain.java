package org.nettycluster.master.control;

import java.nio.file.Path;
import org.nettycluster.master.FakeWorker;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.WorkerId;

/** Opens a lane of worker 1 with what it was told: socket, token, listener. */
final class LaneThiefMain {
    private LaneThiefMain() {}

    public static void main(String[] arguments) {
        FakeWorker thief = FakeWorker.silent(
                new WorkerEnvironment(Path.of(arguments[0]), new WorkerId(1, 0), Token.parse(arguments[1]), 1));
        thief.say(thief.laneHello(Integer.parseInt(arguments[2])));
        thief.awaitClosed();
        System.exit(0);
    }
}
