package org.nettycluster.protocol;

import java.util.Arrays;

/**
 * Either way: something that the application says.
 *
 * <pre>
 * | content type: string | body: the rest of the frame |
 * </pre>
 *
 * <p>Owns its body: not copied, so neither side may change it afterwards.
 *
 * @param contentType of the application's choice, at most 255 bytes of UTF-8
 * @param body at most {@value #MAX_BODY} bytes; pieces before it came as {@link Part}
 */
@SuppressWarnings("ArrayRecordComponent") // Documented above: owned, compared by content, not copied.
public record Message(String contentType, byte[] body) implements MessageFrame {
    /** The longest body of one frame. */
    public static final int MAX_BODY = 60 * 1024;

    @Override
    public boolean equals(Object other) {
        return other instanceof Message message
                && contentType.equals(message.contentType)
                && Arrays.equals(body, message.body);
    }

    @Override
    public int hashCode() {
        return 31 * contentType.hashCode() + Arrays.hashCode(body);
    }

    @Override
    public String toString() {
        return "Message[" + contentType + ", " + body.length + " bytes]";
    }
}
