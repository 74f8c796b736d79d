package org.nettycluster.protocol.messages;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.Answer;
import org.nettycluster.protocol.Credit;
import org.nettycluster.protocol.PassingNews;
import org.nettycluster.protocol.Request;
import org.nettycluster.protocol.RequestFailed;
import org.nettycluster.protocol.passing.PassedConnection;
import org.nettycluster.protocol.passing.PassingLane;

/**
 * Takes what the other side says if there is room for it, passes it to the {@link Inbox}, and sees to what it gets for it:
 * credit for a message, an answer for a request. On the loop of the connection, unless said otherwise.
 *
 * <p>A message without room is more than our credit allows: no library of ours sends it. It is dropped and counted. A
 * request without room is refused and its sender told. Neither is kept.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A frame that is not written any more is missed by nobody.
final class Desk implements Exchange.Ends {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Desk.class);

    private final String peer;
    private final EventExecutor loop;
    private final MessageThreads threads;
    private final Outbox outbox;
    private final Inbox inbox;
    private final Arrivals arrivals;
    private final Room messages = new Room();
    private final Room requests = new Room();
    private final Room answers = new Room();
    private final AtomicInteger credit = new AtomicInteger();
    private @Nullable Channel channel;
    private long refused;

    /** @param laneEnded told why nothing can be passed any more */
    Desk(
            String peer,
            EventExecutor loop,
            MessageThreads threads,
            Correspondent correspondent,
            Outbox outbox,
            Consumer<String> laneEnded) {
        this.peer = peer;
        this.loop = loop;
        this.threads = threads;
        this.outbox = outbox;
        inbox = new Inbox(correspondent, this::handled);
        arrivals =
                new Arrivals(peer, loop, correspondent.inserter(), this::deliver, this::handled, this::say, laneEnded);
    }

    /** Any thread. */
    void open() {
        inbox.open();
        handlersChanged();
    }

    /** Any thread. */
    void handlersChanged() {
        // Mostly nothing is, and no thread starts for it.
        if (inbox.isKeeping()) {
            threads.handle(inbox::deliver);
        }
    }

    void connected(Channel to) {
        channel = to;
    }

    void ended() {
        channel = null;
        arrivals.close();
        if (inbox.isKeeping()) {
            threads.handle(inbox::closeKept);
        }
        if (refused > 0) {
            LOGGER.warn("{} messages and requests of {} were refused in all", refused, peer);
        }
    }

    /** @param message null for one that is too long */
    void message(@Nullable ClusterMessage message) {
        if (message != null && messages.take(message.charge())) {
            arrivals.message(message);
        } else {
            refuse("a message", message, messages);
        }
    }

    /**
     * Its connection comes, or has come, down the lane with this number.
     *
     * @param message null for one that is too long
     */
    void passed(int number, @Nullable ClusterMessage message) {
        if (message != null && messages.take(message.charge())) {
            arrivals.passed(number, message);
        } else {
            refuse("a message with a connection", message, messages);
            arrivals.passed(number, null);
        }
    }

    PassingLane lane() {
        return arrivals.lane();
    }

    private void deliver(ClusterMessage message) {
        PassedConnection passed = message.passed();
        if (!threads.handle(() -> inbox.message(message)) && passed != null) {
            passed.closeUnclaimed();
        }
    }

    /** Past all queues, whatever waits. */
    void say(PassingNews.Word word, int number) {
        Channel to = channel;
        if (to != null) {
            to.writeAndFlush(new PassingNews(word, number));
        }
    }

    /** @param message null for one that is too long */
    void request(Request frame, @Nullable ClusterMessage message) {
        if (message == null || !requests.take(message.charge())) {
            refuse("a request", message, requests);
            say(
                    frame.correlation(),
                    message == null
                            ? "a message has at most " + ClusterMessage.MAX_BYTES + " bytes"
                            : requests.taken() + " bytes of earlier requests have no answer yet (limit " + Room.BYTES
                                    + ")");
            return;
        }
        long patience = TimeUnit.MILLISECONDS.toNanos(Math.min(frame.patienceMillis(), TimeUnit.DAYS.toMillis(1)));
        Exchange exchange = new Exchange(frame.correlation(), System.nanoTime() + patience, message, this);
        // A handler that never answers must not keep the room for ever.
        Future<?> timer = loop.schedule(exchange::expire, patience, TimeUnit.NANOSECONDS);
        exchange.timedBy(timer);
        threads.handle(() -> inbox.request(exchange));
    }

    private void refuse(String what, @Nullable ClusterMessage message, Room room) {
        if (refused++ == 0) {
            LOGGER.warn(
                    "refused {} of {}, {}: {} bytes are not handled yet (limit {}); later ones are counted and not told",
                    what,
                    peer,
                    message == null ? "longer than " + ClusterMessage.MAX_BYTES + " bytes" : message,
                    room.taken(),
                    Room.BYTES);
        }
    }

    /** Any thread. Many small messages become one frame of credit. */
    private void handled(int charge) {
        messages.giveBack(charge);
        if (credit.getAndAdd(charge) == 0) {
            onLoop(() -> {
                Channel to = channel;
                int bytes = credit.getAndSet(0);
                if (to != null) {
                    to.writeAndFlush(new Credit(bytes));
                }
            });
        }
    }

    /** Any thread. */
    @Override
    public void answered(Exchange exchange, ClusterMessage answer) {
        if (!answers.take(answer.charge())) {
            failed(
                    exchange,
                    "its answer of " + answer.size() + " bytes finds no room: " + answers.taken()
                            + " bytes of answers wait (limit " + Room.BYTES + ")");
            return;
        }
        Parcel parcel =
                new Parcel(answer, body -> new Answer(exchange.correlation(), answer.contentType(), body), failure -> {
                    answers.giveBack(answer.charge());
                    requests.giveBack(exchange.request().charge());
                });
        onLoop(() -> {
            if (channel == null) {
                parcel.ended(null);
            } else {
                outbox.addOther(parcel);
            }
        });
    }

    /** Any thread. */
    @Override
    public void failed(Exchange exchange, String text) {
        requests.giveBack(exchange.request().charge());
        onLoop(() -> say(exchange.correlation(), text));
    }

    /** Any thread. Its room is free when the inbox holds it no more. */
    @Override
    public void expired(Exchange exchange) {
        threads.handle(() -> {
            inbox.forget(exchange);
            requests.giveBack(exchange.request().charge());
        });
    }

    private void say(int correlation, String text) {
        Channel to = channel;
        if (to != null) {
            to.writeAndFlush(new RequestFailed(correlation, text));
        }
    }

    private void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOGGER.debug("the loop of {} has ended", peer);
        }
    }
}
