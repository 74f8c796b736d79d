package org.nettycluster.master;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Drained;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.Ready;
import org.nettycluster.protocol.Unlisten;
import org.nettycluster.protocol.WorkerEnvironment;

/**
 * A worker process without the worker library: answers each client with its name. Its argument says how it behaves:
 * {@code serve}; {@code exit N} at once; {@code stubborn}, which hears no Drain; {@code silent}, which is never
 * ready; {@code file F}, as the line of its slot in the file says when the worker starts, or the last line.
 */
final class FakeWorkerMain {
    private FakeWorkerMain() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("file")) {
            List<String> lines = Files.readAllLines(Path.of(arguments[1]));
            int slot = WorkerEnvironment.read(System.getenv())
                    .orElseThrow()
                    .worker()
                    .number();
            main(lines.get(Math.min(slot, lines.size()) - 1).split(" ", -1));
            return;
        }
        if (arguments[0].equals("exit")) {
            System.err.println("this version is broken");
            System.exit(Integer.parseInt(arguments[1]));
        }
        WorkerEnvironment role = WorkerEnvironment.read(System.getenv()).orElseThrow();
        FakeWorker worker = FakeWorker.online(role);
        Listening listening = worker.listen(new InetSocketAddress("127.0.0.1", 0));
        FakeLane lane = worker.lane(listening);
        Object running = new Object();
        Thread serving = new Thread(() -> {
            try {
                lane.serveAll(role.worker().toString(), running);
            } catch (Exception e) {
                System.out.println("serves no more: " + e);
            }
        });
        serving.setDaemon(true);
        serving.start();
        System.out.println("worker " + role.worker() + " serves");
        if (!arguments[0].equals("silent")) {
            worker.say(new Ready());
        }
        while (true) {
            Frame frame = worker.frames.take();
            if (frame instanceof Drain && !arguments[0].equals("stubborn")) {
                synchronized (running) {
                    lane.close();
                    worker.say(new Unlisten(listening.listener()), new Drained());
                    worker.close();
                    System.exit(0);
                }
            }
        }
    }
}
