package org.nettycluster.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.nettycluster.admin.Json;
import org.nettycluster.admin.JsonObject;

/** Commands to the cluster in this run directory, carried out here. */
record Ncluster(Path runDirectory) {
    record Ended(int code, List<String> out, List<String> err) {}

    Ended run(String... arguments) {
        List<String> line = new ArrayList<>(List.of(arguments));
        line.addAll(List.of("--run-dir", runDirectory.toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(line.toArray(String[]::new));
        return new Ended(
                code, out.toString().lines().toList(), err.toString().lines().toList());
    }

    JsonObject status() throws IOException {
        Ended status = run("status", "--json");
        if (status.code() != 0) {
            throw new IOException("no status: " + status);
        }
        return Json.read(status.out().get(0));
    }

    /** What the status says of one slot. */
    JsonObject slot(int number) throws IOException {
        return status().objects("slots").get(number - 1);
    }

    /** Asks for the status, even before there is one, until it is so. */
    void await(int slot, Predicate<JsonObject> wanted) throws IOException {
        long limit = System.nanoTime() + 60_000_000_000L;
        while (run("status").code() != 0 || !wanted.test(slot(slot))) {
            if (System.nanoTime() - limit > 0) {
                throw new AssertionError("slot " + slot + " is still " + run("status", "--json"));
            }
            // A look costs a processor that the cluster could use.
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** Waits for this worker to be in this state. */
    void await(String worker, String state) throws IOException {
        await(
                Integer.parseInt(worker.substring(0, worker.indexOf('.'))),
                slot -> slot.text("worker").equals(worker) && slot.text("state").equals(state));
    }
}
