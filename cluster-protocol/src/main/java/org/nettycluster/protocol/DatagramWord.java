package org.nettycluster.protocol;

import java.util.Optional;

/**
 * What is said, a byte each, on the connection of a UDP socket once it is bound. The code is the wire and never changes
 * meaning.
 *
 * <pre>
 * worker  SEND                    TAKEN         …       YIELDED      …      CLOSED, or the end
 * master        the descriptor           TURN      …                 LEAVE
 * </pre>
 *
 * <p>The descriptor comes with one byte of any value. A worker that reads bytes would lose it, and one that reads
 * descriptors fails at a byte without one: so it is not sent before SEND, and nothing is said behind it before TAKEN.
 */
public enum DatagramWord {
    /** Worker: I read descriptors now. */
    SEND(1),
    /** Worker: I have it, and read bytes again. */
    TAKEN(2),
    /** Worker: I read no more datagrams; the next one may. My copy stays open, to answer. */
    YIELDED(3),
    /** Worker: my program has closed it; an end without this keeps the socket for a successor. */
    CLOSED(4),
    /** Master: read datagrams. */
    TURN(5),
    /** Master: this socket goes out of use. Read what is queued, and close it. */
    LEAVE(6);

    private static final DatagramWord[] WORDS = values();

    private final int code;

    DatagramWord(int code) {
        this.code = code;
    }

    /** The byte. */
    public int code() {
        return code;
    }

    /** Which one this byte is; empty for one of a later version. */
    public static Optional<DatagramWord> of(int code) {
        for (DatagramWord word : WORDS) {
            if (word.code == code) {
                return Optional.of(word);
            }
        }
        return Optional.empty();
    }
}
