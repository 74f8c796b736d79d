package org.nettycluster.master;

import java.io.IOException;

/** A master, or its fleet, could not be started; the message says what to do, its cause comes last. */
public final class ClusterStartException extends IOException {
    private static final long serialVersionUID = 1L;

    ClusterStartException(String message, Throwable cause) {
        super(message, cause);
    }

    ClusterStartException(String message) {
        super(message);
    }
}
