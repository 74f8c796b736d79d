package org.nettycluster.protocol.messages;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.PassingNews;
import org.nettycluster.protocol.passing.LeavingChannel;
import org.nettycluster.protocol.passing.PassingLane;

/**
 * Connections of ours on their way to the other side. On the loop of the connection. First the descriptor goes down the
 * passing lane, then its message goes out with the number that the descriptor has there; both in the order in which they
 * were sent, so that none waits for one behind it.
 *
 * <p>At most {@value #WINDOW} are under way or unhandled over there, so the lane's pipe is never full of them. What comes
 * back is written past all queues: two sides that send at once don't wait for each other.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A timer that nobody waits for.
final class Departures {
    /** Connections under way, or there and not handled. */
    static final int WINDOW = 16;

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Departures.class);
    private static final long TRY_AGAIN_MILLIS = 5;

    private final String peer;
    private final EventExecutor loop;
    private final Outbox outbox;
    private final Deque<Passage> waiting = new ArrayDeque<>();
    private final Map<Integer, Passage> underWay = new HashMap<>();
    private Runnable opener = () -> {};
    private int next;
    private int unhandled;
    private boolean connected;
    private boolean asked;
    private boolean tryingAgain;
    private boolean starvedBefore;
    private @Nullable PassingLane lane;
    private boolean laneIsReady;

    /** Why nothing can be passed any more. Any thread reads it. */
    private volatile @Nullable String impossible;

    Departures(String peer, EventExecutor loop, Outbox outbox) {
        this.peer = peer;
        this.loop = loop;
        this.outbox = outbox;
    }

    /** Why nothing can be passed any more; null if it can. Any thread. */
    @Nullable
    String impossible() {
        return impossible;
    }

    /** @param how the lane is brought about, once, when it is needed */
    void connected(Runnable how) {
        connected = true;
        opener = how;
        pump();
    }

    /** It keeps its place among the messages from here on; its channel is leaving Netty. */
    void add(Passage passage) {
        String why = impossible;
        if (why != null) {
            passage.finish(gone(why));
            return;
        }
        waiting.add(passage);
        outbox.addMessage(passage.parcel());
        pump();
    }

    /** How its channel's leaving has ended. */
    void detached(Passage passage, LeavingChannel.Outcome outcome) {
        String failure = outcome.failure();
        if (failure == null) {
            passage.detached();
        } else {
            waiting.remove(passage);
            outbox.remove(passage.parcel());
            MessageException why = new MessageException(MessageException.Reason.NOT_PASSABLE, failure);
            if (outcome.isUntouched()) {
                passage.refuse(why);
            } else {
                passage.finish(why);
            }
        }
        pump();
    }

    /** The other side is about to open the lane, or to be asked to. */
    void opens(PassingLane opening) {
        lane = opening;
        asked = true;
    }

    /** The other side reads descriptors. */
    void laneReady() {
        laneIsReady = true;
        pump();
    }

    boolean hasLane() {
        return lane != null;
    }

    /** Brings the lane about, if nobody has yet. */
    void open() {
        if (!asked && connected) {
            asked = true;
            opener.run();
        }
    }

    void heard(PassingNews news) {
        switch (news.word()) {
            case OPEN -> open();
            case READY -> laneReady();
            case TAKEN -> {
                Passage passage = underWay.remove(news.number());
                if (passage != null) {
                    passage.finish(null);
                }
            }
            case LOST -> {
                Passage passage = underWay.remove(news.number());
                if (passage != null) {
                    passage.finish(
                            new MessageException(
                                    MessageException.Reason.REFUSED,
                                    peer
                                            + " has not received the connection: is its limit of open files (ulimit -n) reached?"));
                }
            }
            case HANDLED -> handled();
            case UNKNOWN -> LOGGER.debug("{} says something of a later version about connections", peer);
        }
    }

    private void handled() {
        if (unhandled > 0) {
            unhandled--;
        }
        pump();
    }

    /** Nothing can be passed any more, messages without a connection can. */
    void fail(String why) {
        if (impossible == null) {
            impossible = why;
        }
        PassingLane open = lane;
        lane = null;
        laneIsReady = false;
        asked = true;
        if (open != null) {
            open.close(why);
        }
        // Of those whose descriptor was sent the message goes out still: the other side can't keep one without the
        // other.
        waiting.forEach(each -> outbox.remove(each.parcel()));
        List<Passage> all = new ArrayList<>(underWay.values());
        all.addAll(waiting);
        underWay.clear();
        waiting.clear();
        all.forEach(each -> each.finish(gone(why)));
        outbox.pump();
    }

    private void pump() {
        PassingLane open = lane;
        while (open != null && laneIsReady && unhandled < WINDOW) {
            Passage first = waiting.peek();
            if (first != null && first.isOver()) {
                waiting.poll();
                continue;
            }
            if (first == null || !first.isDetached()) {
                break;
            }
            if (!first.channel().isOpen()) {
                waiting.poll();
                outbox.remove(first.parcel());
                first.finish(gone("the program has closed it by force"));
                continue;
            }
            PassingLane.Sent sent = open.send(first.channel().descriptor());
            if (sent == PassingLane.Sent.DEAD) {
                open.close("it is dead");
                return;
            }
            if (sent == PassingLane.Sent.LATER) {
                tryAgain();
                break;
            }
            waiting.poll();
            unhandled++;
            underWay.put(next, first);
            first.sent(next++);
        }
        if (!waiting.isEmpty()) {
            open();
        }
        outbox.pump();
    }

    private void tryAgain() {
        if (!starvedBefore) {
            starvedBefore = true;
            LOGGER.warn(
                    "can't pass a connection to {} now, will try again: is the limit of open files (ulimit -n) too low "
                            + "for what all processes of this user have on its way together?",
                    peer);
        }
        if (!tryingAgain) {
            tryingAgain = true;
            try {
                loop.schedule(
                        () -> {
                            tryingAgain = false;
                            pump();
                        },
                        TRY_AGAIN_MILLIS,
                        TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOGGER.debug("the loop of {} has ended", peer);
            }
        }
    }

    private MessageException gone(String why) {
        return new MessageException(
                MessageException.Reason.GONE, "the connection was not passed to " + peer + " and is closed: " + why);
    }
}
