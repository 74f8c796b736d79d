package org.nettycluster.master.control;

import io.netty.channel.unix.PeerCredentials;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The lines about those who were refused at one socket, a warning each and all in one form, so that one rule of a log
 * watcher finds them:
 *
 * <pre>refused process PID of user UID at SOCKET: WHAT IT TRIED (limit: WHAT IS ALLOWED): WHAT WAS DONE</pre>
 *
 * <p>On the loop that owns the socket. Whoever tries again and again does not fill the log with it: of each kind of
 * offence so many lines are written within a while, and then one that says how many were not. Kinds are apart, so that
 * a flood of one hides no other.
 */
public final class Audit {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Audit.class);
    private static final int LINES = 10;
    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final EventExecutor loop;
    private final String place;
    private final int lines;
    private final Duration window;
    private final Map<Offence, Ration> rations = new EnumMap<>(Offence.class);

    /**
     * For one socket.
     *
     * @param loop that owns it
     * @param place its path
     */
    public Audit(EventExecutor loop, String place) {
        this(loop, place, LINES, WINDOW);
    }

    Audit(EventExecutor loop, String place, int lines, Duration window) {
        this.loop = loop;
        this.place = place;
        this.lines = lines;
        this.window = window;
    }

    /** What somebody was refused for. */
    public enum Offence {
        /** A process of another user. */
        FOREIGN_USER("other users"),
        /** More at once than there are places. */
        CROWD("connections beyond the limit"),
        /** Said nothing, or half of something. */
        SILENCE("silent connections"),
        /** What it said is no frame. */
        MALFORMED("malformed frames"),
        /** A frame, but not one that may come now, or from there. */
        OUT_OF_PLACE("frames out of place"),
        /** Speaks versions of the protocol that this master does not. */
        UNKNOWN_VERSION("unknown versions"),
        /** Names a worker without its token. */
        WRONG_TOKEN("wrong tokens"),
        /** The token is right, and has been used. */
        USED_TOKEN("used tokens"),
        /** The token is right, and the process is not the one that it was made for. */
        FOREIGN_PROCESS("other processes' tokens"),
        /** A lane that nobody was promised. */
        NOT_PROMISED("lanes that were not promised"),
        /** More listeners than one worker may have. */
        TOO_MANY("listeners beyond the limit"),
        /** A claim page that says what no worker of ours writes. */
        BROKEN_PAGE("broken claim pages"),
        /** Anything else that ended a connection before it was known. */
        FAILURE("failed connections");

        private final String words;

        Offence(String words) {
            this.words = words;
        }
    }

    /**
     * Who it was, as the kernel told it when the connection was made.
     *
     * @param pid process
     * @param user id
     */
    public record Peer(long pid, int user) {
        /** The other end of a unix socket. */
        public static Peer of(PeerCredentials credentials) {
            return new Peer(credentials.pid(), credentials.uid());
        }

        @Override
        public String toString() {
            return "process " + pid + " of user " + user;
        }
    }

    /** What is wrong with a frame, without the names of classes and the states of buffers. */
    static String words(DecoderException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return String.valueOf(cause.getMessage());
    }

    /** What was written of one kind lately. */
    private static final class Ration {
        private int written;
        private long left;
        private @Nullable Peer last;
        private @Nullable ScheduledFuture<?> end;
        private long since;
    }

    /**
     * Writes the line, or counts it.
     *
     * @param tried what it did, as a sentence about it
     * @param limit what is allowed
     * @param done what became of it
     */
    public void refused(Peer who, Offence offence, String tried, String limit, String done) {
        Ration ration = rations.computeIfAbsent(offence, kind -> new Ration());
        long now = System.nanoTime();
        if (ration.end == null && now - ration.since > window.toNanos()) {
            ration.written = 0;
        }
        if (ration.written == 0) {
            ration.since = now;
        }
        if (ration.written < lines) {
            ration.written++;
            LOGGER.warn("refused {} at {}: {} (limit: {}): {}", who, place, tried, limit, done);
            return;
        }
        ration.left++;
        ration.last = who;
        if (ration.end == null) {
            ration.end = loop.schedule(
                    () -> sumUp(offence, ration),
                    Math.max(0, window.toNanos() - (now - ration.since)),
                    TimeUnit.NANOSECONDS);
        }
    }

    private void sumUp(Offence offence, Ration ration) {
        ration.end = null;
        ration.written = 0;
        if (ration.left > 0) {
            LOGGER.warn(
                    "refused {} more {} at {}, the last of them {} (limit: {} lines in {} s): not told one by one",
                    ration.left,
                    offence.words,
                    place,
                    ration.last,
                    lines,
                    window.toSeconds());
            ration.left = 0;
        }
    }

    /** Says what has only been counted, and waits for nothing more. */
    public void close() {
        rations.forEach((offence, ration) -> {
            if (ration.end != null) {
                ration.end.cancel(false);
                sumUp(offence, ration);
            }
        });
    }
}
