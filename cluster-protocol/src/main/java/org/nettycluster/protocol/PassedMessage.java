package org.nettycluster.protocol;

import java.util.Arrays;

/**
 * Either way: something that the application says, and a connection with it, which goes down the passing lane.
 *
 * <pre>
 * | number (4) | content type: string | body: the rest of the frame |
 * </pre>
 *
 * <p>Owns its body, as {@link Message} does, whose limits are its own.
 *
 * @param number of the descriptor among those that this side has sent down the passing lane, from 0; it was sent before
 * @param contentType of the application's choice, at most 255 bytes of UTF-8
 * @param body at most {@value Message#MAX_BODY} bytes; pieces before it came as {@link Part}
 */
@SuppressWarnings("ArrayRecordComponent") // Documented above: owned, compared by content, not copied.
public record PassedMessage(int number, String contentType, byte[] body) implements MessageFrame {
    /** Its type on the wire, which {@link Unrecognised} names to whoever should not have sent it. */
    public static final int TYPE = 22;

    @Override
    public boolean equals(Object other) {
        return other instanceof PassedMessage message
                && number == message.number
                && contentType.equals(message.contentType)
                && Arrays.equals(body, message.body);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * number + contentType.hashCode()) + Arrays.hashCode(body);
    }

    @Override
    public String toString() {
        return "PassedMessage[" + number + ", " + contentType + ", " + body.length + " bytes]";
    }
}
