package org.nettycluster.benchmarks.faults;

import java.util.ArrayList;
import java.util.List;

/** What was found: figures, and what was required and is not so. Used by the thread of its scenario. */
public final class Verdict {
    private final List<String> figures = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();

    /** A figure, with its unit. */
    public Verdict figure(String name, Object value) {
        figures.add(name + " " + value);
        return this;
    }

    /**
     * A part of the criterion.
     *
     * @param otherwise what is wrong if it is not so
     */
    public Verdict require(boolean so, String otherwise) {
        if (!so) {
            broken.add(otherwise);
        }
        return this;
    }

    /** Whether every requirement was met, and there was something to be met. */
    public boolean passed() {
        return broken.isEmpty();
    }

    /** The final line. */
    String line(String name) {
        String all = String.join(", ", figures);
        return passed() ? "PASS " + name + ": " + all : "FAIL " + name + ": " + String.join("; ", broken) + "; " + all;
    }
}
