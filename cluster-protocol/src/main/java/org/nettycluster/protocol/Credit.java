package org.nettycluster.protocol;

/**
 * Either way: so much of your messages has been handled, and as much more may come. A message costs the bytes of its
 * body and of its content type, and 64 more. Requests and answers need none.
 *
 * <pre>
 * | bytes (4) |
 * </pre>
 *
 * @param bytes 0 or more
 */
public record Credit(int bytes) implements MessageFrame {}
