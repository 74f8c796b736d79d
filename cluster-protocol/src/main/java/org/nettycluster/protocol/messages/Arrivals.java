package org.nettycluster.protocol.messages;

import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.PassingNews.Word;
import org.nettycluster.protocol.passing.PassedConnection;
import org.nettycluster.protocol.passing.PassingLane;

/**
 * Brings messages and the connections that were sent with them together again. On the loop of the connection. Descriptors
 * are counted as they come down the passing lane, and the message says which one is its own. It was sent first, but the two
 * sockets are read in any order: a message whose connection is not here yet waits, and so does what comes behind it.
 *
 * <p>What comes down the lane beyond the sender's window, or is no connection, is no work of a library of ours: the lane
 * ends.
 */
final class Arrivals implements PassingLane.Events {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Arrivals.class);

    private final String peer;
    private final EventExecutor loop;
    private final Consumer<ClusterMessage> deliver;
    private final IntConsumer dropped;
    private final BiConsumer<Word, Integer> say;
    private final Consumer<String> laneEnded;
    private final PassedConnection.@Nullable Inserter inserter;
    private final PassingLane lane = new PassingLane(this);

    /** By number; null for one that was lost on its way. */
    private final Map<Integer, @Nullable PassedConnection> unmatched = new HashMap<>();

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int count;
    private int open;
    private boolean ended;

    /**
     * @param deliver takes each message in its turn
     * @param dropped told what a message costs that will not be delivered
     * @param say carries a word to the other side, past all queues
     * @param laneEnded told why
     */
    Arrivals(
            String peer,
            EventExecutor loop,
            PassedConnection.@Nullable Inserter inserter,
            Consumer<ClusterMessage> deliver,
            IntConsumer dropped,
            BiConsumer<Word, Integer> say,
            Consumer<String> laneEnded) {
        this.peer = peer;
        this.loop = loop;
        this.inserter = inserter;
        this.deliver = deliver;
        this.dropped = dropped;
        this.say = say;
        this.laneEnded = laneEnded;
    }

    /**
     * A message in its turn.
     *
     * @param isAlone whether no connection belongs to it
     * @param number of its descriptor
     * @param message null if it found no room, and only its connection is waited for, to be closed
     */
    private record Waiting(
            boolean isAlone, int number, @Nullable ClusterMessage message) {}

    PassingLane lane() {
        return lane;
    }

    /** Room was taken for it. */
    void message(ClusterMessage message) {
        waiting.add(new Waiting(true, 0, message));
        deliverAll();
    }

    /** @param message null if there was no room for it: its connection is not kept either */
    void passed(int number, @Nullable ClusterMessage message) {
        waiting.add(new Waiting(false, number, message));
        deliverAll();
    }

    @Override
    public void received(int descriptor) {
        int number = count++;
        if (open >= Departures.WINDOW || unmatched.size() >= Departures.WINDOW) {
            close(descriptor);
            lane.close("more than " + Departures.WINDOW + " connections came at once");
            return;
        }
        PassedConnection connection = PassedConnection.of(descriptor, inserter, () -> settled(number));
        if (connection == null) {
            lane.close("something came that is no connection");
            return;
        }
        open++;
        unmatched.put(number, connection);
        deliverAll();
    }

    @Override
    public void lost() {
        int number = count++;
        LOGGER.warn(
                "lost a connection that {} has passed: is the limit of open files (ulimit -n) reached? Its sender is told",
                peer);
        if (unmatched.size() >= Departures.WINDOW) {
            lane.close("more than " + Departures.WINDOW + " connections came at once");
            return;
        }
        unmatched.put(number, null);
        deliverAll();
    }

    @Override
    public void ended(String why) {
        if (!ended) {
            ended = true;
            laneEnded.accept(why);
            // What has arrived still gets its message; the others never get a connection.
            deliverAll();
        }
    }

    /** The control connection has ended: no message comes any more. */
    void close() {
        ended = true;
        deliverAll();
        for (PassedConnection each : unmatched.values()) {
            if (each != null) {
                each.closeUnclaimed();
            }
        }
        unmatched.clear();
    }

    private void deliverAll() {
        while (!waiting.isEmpty()) {
            Waiting first = waiting.peek();
            if (!first.isAlone() && !ended && isOnItsWay(first.number())) {
                return;
            }
            waiting.poll();
            ClusterMessage message = first.message();
            if (!first.isAlone()) {
                meet(first.number(), message);
            } else if (message != null) {
                deliver.accept(message);
            }
        }
    }

    // Wraps round as numbers do.
    private boolean isOnItsWay(int number) {
        int ahead = number - count;
        return ahead >= 0 && ahead < Departures.WINDOW;
    }

    private void meet(int number, @Nullable ClusterMessage message) {
        boolean came = unmatched.containsKey(number);
        PassedConnection connection = unmatched.remove(number);
        if (connection != null && message != null) {
            say.accept(Word.TAKEN, number);
            deliver.accept(message.with(connection));
            return;
        }
        say.accept(Word.LOST, number);
        if (connection != null) {
            connection.closeUnclaimed();
        } else if (came) {
            say.accept(Word.HANDLED, number);
        }
        if (message != null) {
            dropped.accept(message.charge());
        }
    }

    /** Any thread. */
    private void settled(int number) {
        try {
            loop.execute(() -> {
                open--;
                say.accept(Word.HANDLED, number);
            });
        } catch (RejectedExecutionException e) {
            LOGGER.debug("the loop of {} has ended", peer);
        }
    }

    private static void close(int descriptor) {
        try {
            new FileDescriptor(descriptor).close();
        } catch (IOException e) {
            LOGGER.debug("close of a passed descriptor", e);
        }
    }
}
