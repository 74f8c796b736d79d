package org.nettycluster.worker;

import java.util.Arrays;
import org.nettycluster.protocol.TurnPage;

/**
 * Whether this worker takes the next client of a shared socket, or leaves it to one that has fewer. Pure: time is an
 * argument, the others are what stands on the {@link TurnPage}. One for each shared listener; on its server channel's loop.
 *
 * <p>Each connection is a turn. Who has {@value #LEAD} connections and as many turns more than the one with the fewest holds
 * back, for at most {@link #PATIENCE} nanoseconds for one client: connections that stay are spread evenly. Those that end at
 * once leave nothing to be even about, and only decide who is woken first.
 *
 * <p>The kernel wakes one worker for a client, and begins with who has waited longest. So it holds back only for those who began
 * to wait before it did: they were told, or another was who comes before all of them.
 *
 * <p>Who took nothing in all that time is stopped, blocked or late: it does not count until it moves again. A worker that comes
 * later makes up for nothing, and one that comes back for at most {@value #CATCH_UP} turns.
 */
final class Share {
    /** So many connections more than somebody else are too many. */
    static final int LEAD = 4;
    /** So many turns ahead, and others are to be woken first. */
    static final int TURNS_IN_A_ROW = 8;
    /** How far behind the first a worker can be. */
    static final int CATCH_UP = 4;
    /** Nanoseconds from one look to the next while it holds back. */
    static final long PAUSE = 1_000_000;
    /** Nanoseconds that a client waits at most for somebody who has fewer. */
    static final long PATIENCE = 8_000_000;

    private final TurnPage page;
    private final int place;
    private long turn;
    private boolean wants;

    // What the last look at the page showed of those who are there.
    private long first;
    private boolean someHaveFewer;
    private boolean someOfThemKnow;

    /** What those who are absent said last, and what others said when we began to hold back, both by place; else 0. */
    private long[] absent = new long[8];

    private long[] before = new long[8];
    private boolean holding;
    private long holdingSince;
    private long lastHeld;

    Share(TurnPage page, int place) {
        this.page = page;
        this.place = place;
    }

    /** Whether it takes connections at all. Whoever begins is level with the first. */
    void wants(boolean now) {
        if (now && !wants) {
            look();
            turn = first;
        }
        wants = now;
        holding = false;
        page.say(place, turn, wants);
    }

    /**
     * There is a client: how long to leave it to others.
     *
     * @return nanoseconds after which to look again, 0 to take it now
     */
    long hold(long now) {
        look();
        if (!someOfThemKnow) {
            holding = false;
            return 0;
        }
        if (!holding || now - lastHeld > 4 * PAUSE) {
            holding = true;
            holdingSince = now;
            remember();
        } else if (now - holdingSince >= PATIENCE) {
            holding = false;
            forgetWhoStands();
            return 0;
        }
        lastHeld = now;
        return PAUSE;
    }

    /** It begins to wait for a client, behind all others. */
    void queued(long now) {
        page.queued(place, now);
    }

    /** It has taken one. To be called after {@link #hold}, whose look it uses. */
    void took() {
        turn = Math.max(turn + 1, first - CATCH_UP);
        holding = false;
        page.say(place, turn, wants);
    }

    /** Whether others are to be woken first. */
    boolean goesBehind() {
        look();
        return someHaveFewer;
    }

    private void look() {
        first = turn;
        someHaveFewer = false;
        someOfThemKnow = false;
        long open = page.open(place);
        long queued = page.queuedSince(place);
        for (int each = page.used() - 1; each >= 0; each--) {
            long word = page.word(each);
            if (each == place || !TurnPage.wants(word)) {
                continue;
            }
            first = Math.max(first, TurnPage.turn(word));
            long ahead = turn - TurnPage.turn(word);
            if (ahead < LEAD || (each < absent.length && absent[each] == word)) {
                continue;
            }
            if (open - page.open(each) >= LEAD) {
                someHaveFewer = true;
                someOfThemKnow |= page.queuedSince(each) - queued < 0;
            } else if (ahead >= TURNS_IN_A_ROW) {
                someHaveFewer = true;
            }
        }
    }

    private void remember() {
        int used = page.used();
        if (before.length < used) {
            before = new long[used];
            absent = Arrays.copyOf(absent, used);
        }
        for (int each = 0; each < used; each++) {
            before[each] = page.word(each);
        }
    }

    private void forgetWhoStands() {
        for (int each = Math.min(page.used(), before.length) - 1; each >= 0; each--) {
            long word = page.word(each);
            if (each != place && word == before[each] && TurnPage.turn(word) < turn) {
                absent[each] = word;
            }
        }
    }
}
