package org.nettycluster.protocol.messages;

import java.io.IOException;

/** A message was not sent, or a request has no answer; the message says why. */
public final class MessageException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    MessageException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why, for programs. */
    public enum Reason {
        /** Longer than a message may be. */
        TOO_LONG,
        /** So many bytes wait already that there is no room for it. Nothing was sent. */
        QUEUE_FULL,
        /** The other side had left before. Nothing was sent. */
        NOT_CONNECTED,
        /** The other side has left meanwhile. It may have got it or not. */
        GONE,
        /** No answer in time. It may have got it or not. */
        TIMEOUT,
        /** The other side's handler has failed, or its library has refused the request or the connection. */
        REFUSED,
        /** The channel can't be passed. Nothing was sent, and as long as the channel is open nothing has happened to it. */
        NOT_PASSABLE
    }

    /** Why it was. */
    public Reason reason() {
        return reason;
    }
}
