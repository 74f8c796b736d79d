package org.nettycluster.admin;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.nettycluster.master.supervise.WorkerOutput;
import org.nettycluster.protocol.WorkerId;

/**
 * The last lines of all workers, on their way to where they are shown. Called on many threads, each of which reads a
 * worker's pipe, so nothing here waits for anybody but for the short look at the lines kept.
 *
 * <p>What is kept is bounded by lines and by characters, over all workers together.
 */
public final class LogTail implements WorkerOutput {
    static final int MOST_LINES = 10_000;
    private static final int MOST_CHARACTERS = 2 * 1024 * 1024;

    private final WorkerOutput next;
    private final InstantSource clock;
    private final int mostCharacters;
    private final Deque<LogLine> lines = new ArrayDeque<>();
    private final List<Consumer<LogLine>> followers = new ArrayList<>();
    private long characters;

    /** @param next is given each line, too */
    public LogTail(WorkerOutput next) {
        this(next, InstantSource.system(), MOST_CHARACTERS);
    }

    LogTail(WorkerOutput next, InstantSource clock, int mostCharacters) {
        this.next = next;
        this.clock = clock;
        this.mostCharacters = mostCharacters;
    }

    @Override
    public void line(WorkerId worker, Stream stream, String text) {
        keep(new LogLine(clock.instant(), worker, stream, text));
        next.line(worker, stream, text);
    }

    private synchronized void keep(LogLine line) {
        lines.addLast(line);
        characters += line.text().length();
        while (lines.size() > MOST_LINES || characters > mostCharacters) {
            characters -= lines.removeFirst().text().length();
        }
        followers.forEach(follower -> follower.accept(line));
    }

    /** The last lines, the oldest first; slot 0 stands for all. */
    synchronized List<LogLine> last(int slot, int count) {
        Deque<LogLine> chosen = new ArrayDeque<>();
        lines.descendingIterator().forEachRemaining(line -> {
            if (chosen.size() < count && line.isOf(slot)) {
                chosen.addFirst(line);
            }
        });
        return List.copyOf(chosen);
    }

    /**
     * The same, and each later line is given to the follower: none is left out, none is there twice.
     *
     * @param follower called on any thread; must not block
     */
    synchronized List<LogLine> follow(int slot, int count, Consumer<LogLine> follower) {
        followers.add(follower);
        return last(slot, count);
    }

    synchronized void leave(Consumer<LogLine> follower) {
        followers.remove(follower);
    }

    synchronized int followers() {
        return followers.size();
    }
}
