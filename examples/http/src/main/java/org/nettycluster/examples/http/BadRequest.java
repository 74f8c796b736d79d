package org.nettycluster.examples.http;

/** The client's mistake; the message is what it is told. */
final class BadRequest extends Exception {
    private static final long serialVersionUID = 1;

    BadRequest(String message) {
        // No stack: it is the client's doing.
        super(message, null, false, false);
    }
}
