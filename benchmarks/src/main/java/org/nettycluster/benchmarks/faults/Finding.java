package org.nettycluster.benchmarks.faults;

import java.util.ArrayList;
import java.util.List;

/**
 * What one fault did.
 *
 * @param figures in one line
 * @param broken which parts of the promise were broken; empty if it was kept
 */
record Finding(String figures, List<String> broken) {
    Finding {
        broken = List.copyOf(broken);
    }

    boolean passed() {
        return broken.isEmpty();
    }

    /** Collects what is broken. */
    static final class Checks {
        private final List<String> broken = new ArrayList<>();

        void that(boolean kept, String otherwise) {
            if (!kept) {
                broken.add(otherwise);
            }
        }

        Finding with(String figures) {
            return new Finding(figures, broken);
        }
    }
}
