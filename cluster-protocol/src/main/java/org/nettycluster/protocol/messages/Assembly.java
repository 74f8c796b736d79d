package org.nettycluster.protocol.messages;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.Part;

/**
 * Puts a long message together. On the loop of the connection. Holds at most {@value ClusterMessage#MAX_BYTES} bytes: of
 * a longer message nothing is kept.
 */
final class Assembly {
    private @Nullable ByteArrayOutputStream pieces;
    private boolean tooLong;

    void add(Part part) {
        if (tooLong) {
            return;
        }
        if (length() + part.body().length > ClusterMessage.MAX_BYTES) {
            clear();
            tooLong = true;
            return;
        }
        if (pieces == null) {
            pieces = new ByteArrayOutputStream();
        }
        pieces.writeBytes(part.body());
    }

    /** With the last piece it is whole; null if it was longer than a message may be. The next one begins. */
    byte @Nullable [] whole(byte[] last) {
        try {
            if (tooLong || length() + last.length > ClusterMessage.MAX_BYTES) {
                return null;
            }
            if (pieces == null) {
                return last;
            }
            pieces.writeBytes(last);
            return pieces.toByteArray();
        } finally {
            clear();
            tooLong = false;
        }
    }

    private int length() {
        return pieces == null ? 0 : pieces.size();
    }

    void clear() {
        pieces = null;
    }
}
