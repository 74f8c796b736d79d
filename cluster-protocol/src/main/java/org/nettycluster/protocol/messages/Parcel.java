package org.nettycluster.protocol.messages;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.Message;
import org.nettycluster.protocol.MessageFrame;
import org.nettycluster.protocol.Part;

/** A message on its way out, cut into frames one by one. On the loop of the connection. */
final class Parcel {
    private final ClusterMessage message;
    private final Function<byte[], MessageFrame> lastFrame;
    private final Consumer<@Nullable MessageException> end;
    private int offset;
    private boolean whole;
    private boolean ended;
    private long number;
    private boolean held;

    /**
     * @param lastFrame makes the frame of the last piece, often the only one
     * @param end told once: of null when all of it was taken by the socket, else of why not
     */
    Parcel(ClusterMessage message, Function<byte[], MessageFrame> lastFrame, Consumer<@Nullable MessageException> end) {
        this.message = message;
        this.lastFrame = lastFrame;
        this.end = end;
    }

    int charge() {
        return message.charge();
    }

    /** Its place among all parcels of the connection. */
    long number() {
        return number;
    }

    Parcel numbered(long place) {
        number = place;
        return this;
    }

    /** Not to be sent yet, nor any message behind it. */
    Parcel hold() {
        held = true;
        return this;
    }

    /** To be sent in its turn. */
    void release() {
        held = false;
    }

    boolean isHeld() {
        return held;
    }

    MessageFrame nextFrame() {
        byte[] body = message.body();
        int from = offset;
        if (body.length - from > Message.MAX_BODY) {
            offset += Message.MAX_BODY;
            return new Part(Arrays.copyOfRange(body, from, offset));
        }
        offset = body.length;
        whole = true;
        return lastFrame.apply(from == 0 ? body : Arrays.copyOfRange(body, from, body.length));
    }

    /** How much of its body was made into frames. */
    int offset() {
        return offset;
    }

    boolean isWhole() {
        return whole;
    }

    void ended(@Nullable MessageException failure) {
        if (!ended) {
            ended = true;
            end.accept(failure);
        }
    }
}
