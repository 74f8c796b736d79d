package org.nettycluster.master;

import java.time.Duration;
import java.time.Instant;

/** One change of the fleet at a time: another one runs, and this one was refused. */
public final class ChangeInProgressException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final String what;
    private final Instant since;

    ChangeInProgressException(String what, Instant since) {
        super("a " + what + " is in progress since "
                + Duration.between(since, Instant.now()).toSeconds() + " s: wait for its end");
        this.what = what;
        this.since = since;
    }

    /** What runs: {@code reload}, {@code scale to 4}, {@code restart of slot 2}. */
    public String what() {
        return what;
    }

    /** When it began. */
    public Instant since() {
        return since;
    }
}
