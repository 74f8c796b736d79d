package org.nettycluster.protocol;

/**
 * Either way: what has become of the passing lane, or of one connection on it.
 *
 * <pre>
 * | word (1) | number (4) |
 * </pre>
 *
 * @param word what is said; codes that a side does not know mean nothing to it
 * @param number of the {@link PassedMessage} that is spoken of; 0 where none is
 */
public record PassingNews(Word word, int number) implements MessageFrame {
    /** Its type on the wire, which {@link Unrecognised} names to whoever should not have sent it. */
    public static final int TYPE = 23;

    /** One thing to be said. Codes never change their meaning. */
    public enum Word {
        /** Read from a later version. Never sent. */
        UNKNOWN(0),
        /** Master → worker: open the passing lane, I have a connection for you. */
        OPEN(1),
        /** Master → worker: the passing lane is open for what comes from you. */
        READY(2),
        /** The message and its connection have arrived. The sender lets go of its copy. */
        TAKEN(3),
        /** They will not be delivered: the descriptor has not arrived, or there was no room for the message. */
        LOST(4),
        /** The receiver's program has it, or it was closed: one more may be under way. */
        HANDLED(5);

        private final int code;

        Word(int code) {
            this.code = code;
        }

        /** On the wire. */
        public int code() {
            return code;
        }

        static Word of(int code) {
            for (Word word : values()) {
                if (word.code == code) {
                    return word;
                }
            }
            return UNKNOWN;
        }
    }

    /** About the lane. */
    public static PassingNews of(Word word) {
        return new PassingNews(word, 0);
    }
}
