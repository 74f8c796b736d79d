package org.nettycluster.protocol;

/**
 * Either way: you sent a frame of a type that I do not know; I skipped it.
 *
 * <pre>
 * | type (1) |
 * </pre>
 *
 * @param type as it stood in the frame, 0 to 255
 */
public record Unrecognised(int type) implements Frame {}
