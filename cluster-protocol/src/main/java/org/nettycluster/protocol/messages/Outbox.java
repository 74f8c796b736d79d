package org.nettycluster.protocol.messages;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.MessageFrame;

/**
 * What waits to be sent over one control connection. On its loop.
 *
 * <p>Parcels wait here and not in the channel: never is more of them in its buffer than one batch, which the socket must
 * have taken before the next. So whatever else the two sides have to say waits behind one batch, however much is queued,
 * and a batch for each turn of the loop is all that a flood costs the loop's other work.
 *
 * <p>Messages go out in their order as far as the other side has given credit for them. Requests and answers need none
 * and pass those that wait for it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class Outbox {
    /** The last frame of a batch may begin at the end of it: 96 KiB at most. */
    private static final int BATCH = 32 * 1024;

    private static final int FRAME_HEAD = 64;

    private final EventExecutor loop;
    private final Deque<Parcel> messages = new ArrayDeque<>();
    private final Deque<Parcel> others = new ArrayDeque<>();
    private final Room unacknowledged = new Room();
    private long added;
    private @Nullable Channel channel;
    private @Nullable Parcel current;
    private boolean busy;

    Outbox(EventExecutor loop) {
        this.loop = loop;
    }

    void connected(Channel to) {
        channel = to;
        pump();
    }

    void addMessage(Parcel parcel) {
        messages.add(parcel.numbered(added++));
        pump();
    }

    void addOther(Parcel parcel) {
        others.add(parcel.numbered(added++));
        pump();
    }

    /** Takes one back of which no frame was made yet; false if it is under way. */
    boolean remove(Parcel parcel) {
        return others.remove(parcel) || messages.remove(parcel);
    }

    /** The other side has handled so much. */
    void credited(int bytes) {
        unacknowledged.giveBackAtMost(bytes);
        pump();
    }

    void ended(MessageException gone) {
        channel = null;
        Parcel cut = current;
        current = null;
        if (cut != null) {
            cut.ended(gone);
        }
        messages.forEach(each -> each.ended(gone));
        others.forEach(each -> each.ended(gone));
        messages.clear();
        others.clear();
    }

    /** Sends what may be sent: something may have changed. */
    void pump() {
        Channel to = channel;
        if (to == null || busy) {
            return;
        }
        ChannelFuture last = null;
        for (int bytes = 0; bytes < BATCH; ) {
            Parcel parcel = current == null ? next() : current;
            if (parcel == null) {
                break;
            }
            int before = parcel.offset();
            MessageFrame frame = parcel.nextFrame();
            bytes += parcel.offset() - before + FRAME_HEAD;
            last = to.write(frame);
            if (parcel.isWhole()) {
                current = null;
                last.addListener(written -> parcel.ended(written.isSuccess() ? null : failure(written.cause())));
            } else {
                current = parcel;
            }
        }
        if (last != null) {
            busy = true;
            to.flush();
            last.addListener(written -> goOn());
        }
    }

    /** Not at once: first the loop does what else it has to do. */
    private void goOn() {
        try {
            loop.execute(() -> {
                busy = false;
                pump();
            });
        } catch (RejectedExecutionException e) {
            // The loop has ended, and so has the connection: what waits was told.
        }
    }

    private @Nullable Parcel next() {
        Parcel message = messages.peek();
        Parcel other = others.peek();
        if (message != null
                && !message.isHeld()
                && (other == null || message.number() < other.number())
                && unacknowledged.take(message.charge())) {
            return messages.poll();
        }
        return others.poll();
    }

    private static MessageException failure(@Nullable Throwable cause) {
        String why = cause == null ? "" : ": " + (cause.getMessage() == null ? cause : cause.getMessage());
        return new MessageException(
                MessageException.Reason.GONE, "the control connection has ended while a message was written" + why);
    }
}
