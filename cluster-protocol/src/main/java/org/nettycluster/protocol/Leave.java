package org.nettycluster.protocol;

/**
 * Worker → master: I want to end; treat me as if you had asked me to. No payload. Answered with {@link Drain}, or with
 * {@link Unrecognised} by a master that does not know it: the worker then drains by itself.
 */
public record Leave() implements Frame {
    /** What stands in the frame, and in an {@link Unrecognised} that answers it. */
    public static final int TYPE = 24;
}
