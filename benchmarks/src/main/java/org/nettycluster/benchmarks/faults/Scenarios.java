package org.nettycluster.benchmarks.faults;

import java.util.List;

/** All of them, in the order in which they run. */
final class Scenarios {
    private static final List<Scenario> ALL = List.of(new KillWorker());

    private Scenarios() {}

    static List<Scenario> all() {
        return ALL;
    }

    static Scenario named(String name) {
        return ALL.stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no scenario '" + name + "': see --list"));
    }
}
