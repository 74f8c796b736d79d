package org.nettycluster.master;

import java.util.ArrayList;
import java.util.List;

/** A change of the fleet could not be carried out, and the fleet is as it was; the message says why. */
public final class ChangeFailedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final ArrayList<String> lastLines;

    ChangeFailedException(String message, List<String> lastLines) {
        super(message);
        this.lastLines = new ArrayList<>(lastLines);
    }

    /** What the worker printed last that failed; empty if none did. */
    public List<String> lastLines() {
        return List.copyOf(lastLines);
    }
}
