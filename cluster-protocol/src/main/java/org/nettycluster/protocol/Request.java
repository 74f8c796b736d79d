package org.nettycluster.protocol;

import java.util.Arrays;

/**
 * Either way: a message that wants an {@link Answer}.
 *
 * <pre>
 * | correlation (4) | patience, milliseconds (8) | content type: string | body: the rest of the frame |
 * </pre>
 *
 * <p>Owns its body, as {@link Message} does.
 *
 * @param correlation of the asker's choice, repeated in the answer
 * @param patienceMillis how long the asker waits, from now, 0 or more: nobody hears a later answer
 * @param contentType of the application's choice, at most 255 bytes of UTF-8
 * @param body at most {@value Message#MAX_BODY} bytes; pieces before it came as {@link Part}
 */
@SuppressWarnings("ArrayRecordComponent") // Owned, compared by content, not copied.
public record Request(int correlation, long patienceMillis, String contentType, byte[] body) implements MessageFrame {
    /** The code of this frame, as {@link Unrecognised} repeats it. */
    public static final int TYPE = 14;

    @Override
    public boolean equals(Object other) {
        return other instanceof Request request
                && correlation == request.correlation
                && patienceMillis == request.patienceMillis
                && contentType.equals(request.contentType)
                && Arrays.equals(body, request.body);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * correlation + contentType.hashCode()) + Arrays.hashCode(body);
    }

    @Override
    public String toString() {
        return "Request[" + correlation + ", " + patienceMillis + " ms, " + contentType + ", " + body.length
                + " bytes]";
    }
}
