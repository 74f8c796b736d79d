package org.nettycluster.protocol;

/**
 * A frame of a later version, as its reader sees it: never sent, answered with {@link Unrecognised}.
 *
 * @param type 0 to 255
 */
public record UnknownFrame(int type) implements Frame {}
