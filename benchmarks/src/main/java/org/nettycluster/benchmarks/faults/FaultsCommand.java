package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The command {@code benchmarks/faults}: runs scenarios one after the other. It ends with 0 if all have passed, with 1 if
 * one has not, and with 2 if it was called wrongly.
 */
public final class FaultsCommand {
    private static final String USAGE = """
            usage: faults [--short] [NAME...]    all if none is named; --short takes seconds for each
                   faults --list                 what there is, and when it has passed
            """;

    private FaultsCommand() {}

    /** See the class. */
    public static void main(String... args) {
        List<Scenario> chosen = new ArrayList<>();
        boolean brief = false;
        Installation installation;
        try {
            for (String arg : args) {
                switch (arg) {
                    case "--help" -> {
                        System.out.print(USAGE);
                        return;
                    }
                    case "--list" -> {
                        Scenarios.all().forEach(each -> System.out.println(each.name() + "\n    " + each.promise()));
                        return;
                    }
                    case "--short" -> brief = true;
                    default -> chosen.add(Scenarios.named(arg));
                }
            }
            installation = Installation.find();
        } catch (IllegalArgumentException | IOException e) {
            System.err.println("faults: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(run(chosen.isEmpty() ? Scenarios.all() : chosen, installation, brief) ? 0 : 1);
    }

    private static boolean run(List<Scenario> chosen, Installation installation, boolean brief) {
        boolean passed = true;
        for (Scenario scenario : chosen) {
            System.out.println(scenario.name() + ": " + scenario.promise());
            Verdict verdict = new Verdict();
            try (Stage stage = new Stage(installation, brief, FaultsCommand::print)) {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stage), "faults-interrupted"));
                scenario.run(stage, verdict);
            } catch (Exception e) {
                verdict.require(false, "it broke off: " + e);
            }
            System.out.println(verdict.line(scenario.name()));
            passed &= verdict.passed();
        }
        return passed;
    }

    /** Whoever presses Ctrl-C in the middle is not left with a cluster that runs. */
    private static void end(Stage stage) {
        try {
            stage.close();
        } catch (IOException e) {
            print("not all files could be deleted: " + e.getMessage());
        }
    }

    private static void print(String line) {
        System.out.println(line);
    }
}
