package org.nettycluster.protocol;

/**
 * The only thing a decoder of this package throws: the peer said something that the protocol does not allow.
 *
 * <p>It costs the peer its connection, never the process that reads.
 */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * A sentence for the log of the side that reads.
     *
     * @param message who, what and which limit, in lower case
     */
    public ProtocolException(String message) {
        super(message);
    }
}
