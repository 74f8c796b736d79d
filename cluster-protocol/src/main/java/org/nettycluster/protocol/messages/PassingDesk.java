package org.nettycluster.protocol.messages;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.PassingNews;
import org.nettycluster.protocol.passing.LeavingChannel;
import org.nettycluster.protocol.passing.PassingLane;

/**
 * The part of a {@link Mailbox} that passes connections with messages. {@link #send} may be called from any thread; all
 * else belongs to the loop of the control connection, which is the passing lane's, too.
 */
public final class PassingDesk {
    /** Connections that wait to be passed or are on their way. */
    private static final int LONGEST_QUEUE = 256;

    private final String peer;
    private final EventExecutor loop;
    private final MessageThreads threads;
    private final Room queued;
    private final Departures departures;
    private final Desk desk;
    private final Semaphore places = new Semaphore(LONGEST_QUEUE);

    PassingDesk(
            String peer, EventExecutor loop, MessageThreads threads, Room queued, Departures departures, Desk desk) {
        this.peer = peer;
        this.loop = loop;
        this.threads = threads;
        this.queued = queued;
        this.departures = departures;
        this.desk = desk;
    }

    /**
     * Says this to the other program, and passes it a client's connection.
     *
     * @param channel taken from here on: in the end it is closed, then the stage is completed. A stage that fails while the
     *     channel is open has left it as it was
     * @return completed when the other side has both; exceptionally with a {@link MessageException}
     */
    public CompletionStage<Void> send(ClusterMessage message, Channel channel) {
        String unfit = LeavingChannel.unfit(channel);
        if (unfit != null) {
            return failed(MessageException.Reason.NOT_PASSABLE, unfit);
        }
        String why = departures.impossible();
        if (why != null) {
            return failed(MessageException.Reason.NOT_CONNECTED, "nothing can be passed to " + peer + ": " + why);
        }
        if (!places.tryAcquire()) {
            return failed(
                    MessageException.Reason.QUEUE_FULL,
                    LONGEST_QUEUE + " connections are on their way to " + peer + " (the limit): send less, or later");
        }
        if (!queued.take(message.charge())) {
            places.release();
            return CompletableFuture.failedStage(Mailbox.full("messages to " + peer + " wait", queued));
        }
        CompletableFuture<Void> sent = new CompletableFuture<>();
        LeavingChannel leaving = new LeavingChannel(channel);
        Passage passage = new Passage(
                leaving,
                message,
                failure -> threads.complete(() -> {
                    queued.giveBack(message.charge());
                    places.release();
                    Mailbox.complete(sent, failure);
                }));
        if (!onLoop(() -> departures.add(passage))) {
            passage.refuse(loopHasEnded());
            return sent;
        }
        // Here, and not on the connection's loop: the channel's own handlers may be calling, and nothing shall be read
        // after
        // that.
        leaving.detach(outcome -> {
            if (!onLoop(() -> departures.detached(passage, outcome))) {
                passage.finish(loopHasEnded());
            }
        });
        return sent;
    }

    /** The same; too long is a failure of the stage. */
    public CompletionStage<Void> send(String contentType, byte[] bytes, Channel channel) {
        ClusterMessage message;
        try {
            message = ClusterMessage.of(contentType, bytes);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedStage(Mailbox.tooLong(e));
        }
        return send(message, channel);
    }

    /** The last handler of the passing lane's channel; null if there was a lane before: one is all there is. */
    public @Nullable PassingLane openLane() {
        if (departures.hasLane() || departures.impossible() != null) {
            return null;
        }
        departures.opens(desk.lane());
        return desk.lane();
    }

    /** Our end of the lane reads descriptors: the other side may send, and so may we. */
    public void laneIsOpen() {
        desk.say(PassingNews.Word.READY, 0);
        departures.laneReady();
    }

    /** There will be no lane. */
    public void laneFailed(String why) {
        departures.fail(why);
    }

    private boolean onLoop(Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private MessageException loopHasEnded() {
        return new MessageException(
                MessageException.Reason.NOT_CONNECTED, peer + " is not connected: its event loop has ended");
    }

    private static CompletionStage<Void> failed(MessageException.Reason reason, String why) {
        return CompletableFuture.failedStage(new MessageException(reason, why));
    }
}
