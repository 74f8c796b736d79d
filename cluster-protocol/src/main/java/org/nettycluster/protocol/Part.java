package org.nettycluster.protocol;

import java.util.Arrays;

/**
 * Either way: a piece of a long message. More pieces follow, the last of them as the body of a {@link Message}, {@link
 * Request} or {@link Answer}. Frames of other kinds may come between, pieces of another message never.
 *
 * <pre>
 * | body: the rest of the frame |
 * </pre>
 *
 * <p>Owns its body, as {@link Message} does.
 *
 * @param body at most {@value Message#MAX_BODY} bytes
 */
@SuppressWarnings("ArrayRecordComponent") // Owned, compared by content, not copied.
public record Part(byte[] body) implements MessageFrame {
    @Override
    public boolean equals(Object other) {
        return other instanceof Part part && Arrays.equals(body, part.body);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(body);
    }

    @Override
    public String toString() {
        return "Part[" + body.length + " bytes]";
    }
}
