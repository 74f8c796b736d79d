package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.time.Duration;
import org.nettycluster.benchmarks.faults.Stalled.How;

/** Runs the faults whose judge is the record: {@code NAME [NUMBER] [RATE]}. */
public final class RecordedFaults {
    private RecordedFaults() {}

    /** See the class. */
    public static void main(String... args) throws IOException, InterruptedException {
        int number = args.length > 1 ? Integer.parseInt(args[1]) : 0;
        double rate = args.length > 2 ? Double.parseDouble(args[2]) : 1000;
        long seed = System.nanoTime() & 0xfffff;
        Duration quiet = Duration.ofSeconds(15);
        Finding finding = switch (args[0]) {
            case "kill-claimed" -> KillClaimed.run(number, rate, seed);
            case "kill-in-lane" -> KillInLane.besideSiblings(number, seed);
            case "kill-only" -> KillInLane.asTheOnlyWorker(number, seed);
            case "stopped" -> Stalled.run(How.STOPPED, 1, Duration.ofSeconds(number), quiet);
            case "three-stopped" -> Stalled.run(How.STOPPED, 3, Duration.ofSeconds(number), quiet);
            case "blocked-loop" -> Stalled.run(How.BLOCKED_LOOP, 1, Duration.ofSeconds(number), quiet);
            case "safepoint" -> Stalled.run(How.SAFEPOINT, 1, Duration.ofSeconds(number), quiet);
            default -> throw new IllegalArgumentException("there is no fault '" + args[0] + "'");
        };
        System.out.println((finding.passed() ? "PASS " : "FAIL ") + args[0] + ": " + finding.figures());
        finding.broken().forEach(each -> System.out.println("  broken: " + each));
        System.exit(finding.passed() ? 0 : 1);
    }
}
