package org.nettycluster.protocol;

/**
 * Worker → master: the last connection has ended, or the deadline has passed.
 *
 * <pre>
 * | forced (4) |
 * </pre>
 *
 * <p>A frame without the field means 0.
 *
 * @param forced connections that were still open at the deadline and were closed by force, 0 or more
 */
public record Drained(int forced) implements Frame {
    /** Nothing had to be forced. */
    public Drained() {
        this(0);
    }
}
