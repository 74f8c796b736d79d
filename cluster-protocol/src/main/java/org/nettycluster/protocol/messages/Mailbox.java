package org.nettycluster.protocol.messages;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.Answer;
import org.nettycluster.protocol.Credit;
import org.nettycluster.protocol.Message;
import org.nettycluster.protocol.MessageFrame;
import org.nettycluster.protocol.Part;
import org.nettycluster.protocol.PassedMessage;
import org.nettycluster.protocol.PassingNews;
import org.nettycluster.protocol.Request;
import org.nettycluster.protocol.RequestFailed;

/**
 * One end of what two programs say to each other over one control connection. A master has one for each worker, a worker
 * has one.
 *
 * <p>{@link #send}, {@link #request}, {@link #isWritable}, {@link #open} and {@link #handlersChanged} may be called from
 * any thread; all else belongs to the connection's loop, as does the state. Handlers run on one thread of {@link
 * MessageThreads}, stages are completed on the other, never on the loop.
 *
 * <p>Each of these is bounded by {@value Room#BYTES} bytes or one message: messages queued here; messages under way or
 * unhandled over there; requests of ours without an end; requests of theirs without an end; answers on their way out;
 * answers that wait for our stages. Nobody waits for room. What finds none fails where it was said, or is refused.
 */
public final class Mailbox {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Mailbox.class);
    private static final Duration LONGEST_PATIENCE = Duration.ofHours(24);

    private final String peer;
    private final EventExecutor loop;
    private final MessageThreads threads;

    private final Room queued = new Room();
    private final Room asked = new Room();
    private final Desk desk;
    private final Outbox outbox;
    private final Departures departures;
    private final PassingDesk passing;
    private final Questions questions;
    private final AtomicInteger correlations = new AtomicInteger();
    private final Assembly assembly = new Assembly();
    private volatile @Nullable String ended;

    /**
     * Before there is a connection: what is sent waits for it.
     *
     * @param peer who is at the other end, in words, for those who are told that something failed
     * @param loop of the connection
     */
    public Mailbox(String peer, EventExecutor loop, MessageThreads threads, Correspondent correspondent) {
        this.peer = peer;
        this.loop = loop;
        this.threads = threads;
        outbox = new Outbox(loop);
        departures = new Departures(peer, loop, outbox);
        questions = new Questions(loop, threads, peer);
        desk = new Desk(peer, loop, threads, correspondent, outbox, departures::fail);
        passing = new PassingDesk(peer, loop, threads, queued, departures, desk);
    }

    /**
     * Says this to the other program.
     *
     * @return completed when the socket has taken it; exceptionally with a {@link MessageException}
     */
    public CompletionStage<Void> send(ClusterMessage message) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        if (!queued.take(message.charge())) {
            return CompletableFuture.failedStage(full("messages to " + peer + " wait", queued));
        }
        Parcel parcel = new Parcel(
                message,
                body -> new Message(message.contentType(), body),
                // Given back on the thread of stages: when callbacks stand, senders find no room, and not an end of
                // memory.
                failure -> threads.complete(() -> {
                    queued.giveBack(message.charge());
                    complete(sent, failure);
                }));
        post(() -> outbox.addMessage(parcel), parcel);
        return sent;
    }

    /** The same; too long is a failure of the stage. */
    public CompletionStage<Void> send(String contentType, byte[] bytes) {
        ClusterMessage message;
        try {
            message = ClusterMessage.of(contentType, bytes);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedStage(tooLong(e));
        }
        return send(message);
    }

    /**
     * Asks the other program.
     *
     * @param patience 1 ms to 24 h, from now; anything else is an {@link IllegalArgumentException}
     * @return completed with the answer; exceptionally with a {@link MessageException}, at the end of the patience at the
     *     latest
     */
    public CompletionStage<ClusterMessage> request(ClusterMessage message, Duration patience) {
        if (patience.compareTo(Duration.ofMillis(1)) < 0 || patience.compareTo(LONGEST_PATIENCE) > 0) {
            throw new IllegalArgumentException("timeout " + patience + " must be 1 ms to 24 h");
        }
        if (!asked.take(message.charge())) {
            return CompletableFuture.failedStage(full("requests to " + peer + " have no answer yet", asked));
        }
        CompletableFuture<ClusterMessage> answer = new CompletableFuture<>();
        int correlation = correlations.incrementAndGet();
        long deadline = System.nanoTime() + patience.toNanos();
        Questions.Question question =
                new Questions.Question(correlation, patience, answer, () -> asked.giveBack(message.charge()));
        Parcel parcel = new Parcel(
                message,
                body -> new Request(correlation, millisUntil(deadline), message.contentType(), body),
                failure -> {
                    if (failure != null) {
                        questions.fail(correlation, failure);
                    }
                });
        try {
            loop.execute(() -> {
                questions.ask(question, late -> outbox.remove(parcel));
                String why = ended;
                if (why == null) {
                    outbox.addOther(parcel);
                } else {
                    questions.fail(correlation, notConnected(why));
                }
            });
        } catch (RejectedExecutionException e) {
            asked.giveBack(message.charge());
            return CompletableFuture.failedStage(notConnected(String.valueOf(ended)));
        }
        return answer;
    }

    /** The same; too long is a failure of the stage. */
    public CompletionStage<ClusterMessage> request(String contentType, byte[] bytes, Duration patience) {
        ClusterMessage message;
        try {
            message = ClusterMessage.of(contentType, bytes);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedStage(tooLong(e));
        }
        return request(message, patience);
    }

    /** Whether the other side is there, or may come, and less than half of the queue of messages is taken. A hint. */
    public boolean isWritable() {
        return ended == null && queued.isHalfFree();
    }

    /** From now on handlers may be called with what has come and will come. */
    public void open() {
        desk.open();
    }

    /** There is a handler that was not there before. */
    public void handlersChanged() {
        desk.handlersChanged();
    }

    /** What was sent so far goes out now. A lane for connections is asked for when there are any. */
    public void connected(Channel channel) {
        connected(channel, () -> desk.say(PassingNews.Word.OPEN, 0));
    }

    /**
     * The same, where the lane is ours to open.
     *
     * @param lane brings it about; called at most once
     */
    public void connected(Channel channel, Runnable lane) {
        desk.connected(channel);
        outbox.connected(channel);
        departures.connected(lane);
    }

    /** Messages that carry connections. */
    public PassingDesk passing() {
        return passing;
    }

    /** The other side says this. */
    public void received(MessageFrame frame) {
        if (frame instanceof Part part) {
            assembly.add(part);
        } else if (frame instanceof Message message) {
            byte[] body = assembly.whole(message.body());
            desk.message(body == null ? null : ClusterMessage.owning(message.contentType(), body));
        } else if (frame instanceof Request request) {
            byte[] body = assembly.whole(request.body());
            desk.request(request, body == null ? null : ClusterMessage.owning(request.contentType(), body));
        } else if (frame instanceof Answer answer) {
            byte[] body = assembly.whole(answer.body());
            if (body == null) {
                questions.fail(answer.correlation(), refused("the answer is longer than a message may be"));
            } else {
                questions.answered(answer.correlation(), ClusterMessage.owning(answer.contentType(), body));
            }
        } else if (frame instanceof RequestFailed failed) {
            questions.fail(failed.correlation(), refused(failed.text()));
        } else if (frame instanceof Credit credit) {
            outbox.credited(credit.bytes());
        } else if (frame instanceof PassedMessage message) {
            byte[] body = assembly.whole(message.body());
            desk.passed(message.number(), body == null ? null : ClusterMessage.owning(message.contentType(), body));
        } else if (frame instanceof PassingNews news) {
            departures.heard(news);
        }
    }

    /** The other side does not know frames of this type. */
    public void unrecognised(int type) {
        if (type == Request.TYPE) {
            questions.failAll(refused("its library is older than requests"));
        } else if (type == PassedMessage.TYPE || type == PassingNews.TYPE) {
            departures.fail("its library is older than the passing of connections");
        }
    }

    /** The connection has ended, or will never be made. Again does nothing. */
    public void ended(String why) {
        if (ended != null) {
            return;
        }
        ended = why;
        MessageException gone = new MessageException(MessageException.Reason.GONE, peer + " is gone: " + why);
        outbox.ended(gone);
        departures.fail(why);
        questions.failAll(gone);
        assembly.clear();
        desk.ended();
    }

    private void post(Runnable add, Parcel parcel) {
        try {
            loop.execute(() -> {
                String why = ended;
                if (why == null) {
                    add.run();
                } else {
                    parcel.ended(notConnected(why));
                }
            });
        } catch (RejectedExecutionException e) {
            LOGGER.debug("the loop of {} has ended", peer);
            parcel.ended(notConnected(String.valueOf(ended)));
        }
    }

    static void complete(CompletableFuture<Void> sent, @Nullable MessageException failure) {
        if (failure == null) {
            sent.complete(null);
        } else {
            sent.completeExceptionally(failure);
        }
    }

    private static long millisUntil(long deadline) {
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
    }

    static MessageException full(String what, Room room) {
        return new MessageException(
                MessageException.Reason.QUEUE_FULL,
                room.taken() + " bytes of " + what + " (limit " + Room.BYTES + "): send less, or later");
    }

    static MessageException tooLong(IllegalArgumentException cause) {
        return new MessageException(MessageException.Reason.TOO_LONG, String.valueOf(cause.getMessage()));
    }

    private MessageException notConnected(String why) {
        return new MessageException(MessageException.Reason.NOT_CONNECTED, peer + " is not connected: " + why);
    }

    private MessageException refused(String why) {
        return new MessageException(MessageException.Reason.REFUSED, peer + " has refused the request: " + why);
    }
}
