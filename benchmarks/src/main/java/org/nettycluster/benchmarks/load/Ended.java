package org.nettycluster.benchmarks.load;

/**
 * An attempt that has come to its end. Moments are {@link System#nanoTime()}, which on Linux all JVMs of a machine share.
 *
 * @param outcome how
 * @param nonce that it carried
 * @param port of ours; 0 if there never was a connection
 * @param worker who answered; {@link #NOBODY} if none did, or it did not say
 * @param due when it was to start
 * @param answered when the answer was complete; 0 if never
 * @param eof when its connection ended behind the answer; 0 if it did not
 * @param at its end
 */
public record Ended(
        Outcome outcome, String nonce, int port, String worker, long due, long answered, long eof, long at) {
    /** Instead of a worker. */
    public static final String NOBODY = "";
}
