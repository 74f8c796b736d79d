package org.nettycluster.protocol.messages;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.PassedMessage;
import org.nettycluster.protocol.passing.LeavingChannel;

/** One message of ours with a connection, until the other side has both or never will. On the loop of the connection. */
final class Passage {
    private final LeavingChannel channel;
    private final Parcel parcel;
    private final Consumer<@Nullable MessageException> end;
    private int number;
    private boolean detached;
    private boolean over;

    /** @param end told once: of null when the other side has both, else of why not */
    Passage(LeavingChannel channel, ClusterMessage message, Consumer<@Nullable MessageException> end) {
        this.channel = channel;
        this.end = end;
        parcel = new Parcel(message, body -> new PassedMessage(number, message.contentType(), body), failure -> {
                    // Taken by the socket is not taken by the other side.
                    if (failure != null) {
                        finish(failure);
                    }
                })
                .hold();
    }

    LeavingChannel channel() {
        return channel;
    }

    Parcel parcel() {
        return parcel;
    }

    /** Its channel has left Netty: the descriptor can be sent. */
    void detached() {
        detached = true;
    }

    boolean isDetached() {
        return detached;
    }

    boolean isOver() {
        return over;
    }

    /** Its descriptor is in the pipe as the n-th: the message may follow. */
    void sent(int n) {
        number = n;
        parcel.release();
    }

    /** The channel ends here, closed, and then the stage. Again does nothing. */
    void finish(@Nullable MessageException failure) {
        if (!over) {
            over = true;
            channel.close(() -> end.accept(failure));
        }
    }

    /** Nothing has happened to the channel. */
    void refuse(MessageException failure) {
        if (!over) {
            over = true;
            end.accept(failure);
        }
    }
}
