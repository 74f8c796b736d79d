package org.nettycluster.protocol;

/**
 * Worker → master: my server channel for this listener is closed. Its lane ends by itself.
 *
 * <pre>
 * | listener (4) |
 * </pre>
 *
 * @param listener the number that {@link Listening} gave
 */
public record Unlisten(int listener) implements Frame {}
