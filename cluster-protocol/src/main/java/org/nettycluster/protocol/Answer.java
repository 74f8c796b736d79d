package org.nettycluster.protocol;

import java.util.Arrays;

/**
 * Either way: the answer to a {@link Request}. One that nobody waits for is skipped.
 *
 * <pre>
 * | correlation (4) | content type: string | body: the rest of the frame |
 * </pre>
 *
 * <p>Owns its body, as {@link Message} does.
 *
 * @param correlation of the request
 * @param contentType of the application's choice, at most 255 bytes of UTF-8
 * @param body at most {@value Message#MAX_BODY} bytes; pieces before it came as {@link Part}
 */
@SuppressWarnings("ArrayRecordComponent") // Owned, compared by content, not copied.
public record Answer(int correlation, String contentType, byte[] body) implements MessageFrame {
    @Override
    public boolean equals(Object other) {
        return other instanceof Answer answer
                && correlation == answer.correlation
                && contentType.equals(answer.contentType)
                && Arrays.equals(body, answer.body);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * correlation + contentType.hashCode()) + Arrays.hashCode(body);
    }

    @Override
    public String toString() {
        return "Answer[" + correlation + ", " + contentType + ", " + body.length + " bytes]";
    }
}
