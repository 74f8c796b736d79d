package org.nettycluster.master.dispatch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.schedule.Arrival;
import org.nettycluster.master.schedule.Scheduler;

/**
 * Which lane may have a connection, before the scheduler is asked which shall: healthy ones, and how one that is new, or
 * was away, takes its part. Owned by the {@link Dispatcher}.
 *
 * <p>A lane is <em>late</em> when an offer is older than half of the rescue time, and older than {@value #USUAL} times what
 * the other lanes have taken lately: when all processors are busy everybody takes longer, and to pass over one that is no
 * slower than the rest would only make the fleet uneven. A lane that stands makes no claims, so it cannot excuse another.
 * While threads queue for the processors, a lane is late only after {@value #CROWD_EXCUSES} times the rescue time, unless its
 * process is stopped: whoever the kernel happens to run claims at once, and would get what the others are waiting to claim.
 * A lane that has not claimed anything yet is <em>unproven</em>: its JVM loads classes at the first connection, which may
 * take longer. It gets one connection at a time, ten times the patience for it, and nobody waits for it.
 *
 * <p>A listener is <em>cold</em> for a moment from its first connection on: all of its JVMs load the program's classes, one
 * is through with it earlier than another, and none is late until {@value #COLD_PATIENCE} times the rescue time. So turns
 * are kept, and a burst of connections that stay fills a fleet just started evenly.
 */
final class LaneChoice {
    private static final long UNPROVEN_PATIENCE = 10;
    /** How many times as long as the others a lane may take. */
    private static final int USUAL = 8;
    /** Of the rescue time: the most that the others' slowness can excuse. */
    private static final long MOST_EXCUSED = 10;
    /** Of the rescue time: what a crowd of threads on all processors can excuse. */
    private static final long CROWD_EXCUSES = 20;
    /** Nanoseconds for which a listener is cold. */
    static final long COLD_FOR = TimeUnit.SECONDS.toNanos(1);
    /** Of the rescue time: how old an offer may be on a cold listener. */
    private static final long COLD_PATIENCE = 20;
    /** Nanoseconds without a new connection, after which nobody makes up for what was before. */
    private static final long SPELL = TimeUnit.SECONDS.toNanos(1);

    private final Scheduler scheduler;
    private final long rescueAfter;
    private final long promptWithin;
    private final long coldFor;
    private final Crowding crowding;
    private final List<Lane> lanes;
    private final List<Lane> candidates = new ArrayList<>();
    /** What a scheduler gets to see. */
    private final List<Lane> unchangeable = Collections.unmodifiableList(candidates);

    private long coldUntil = Long.MIN_VALUE;
    private long lastAccepted;
    private boolean started;

    /** @param coldFor nanoseconds from the first connection on */
    LaneChoice(
            Scheduler scheduler,
            long rescueAfter,
            long promptWithin,
            long coldFor,
            Crowding crowding,
            List<Lane> lanes) {
        this.scheduler = scheduler;
        this.rescueAfter = rescueAfter;
        this.promptWithin = promptWithin;
        this.coldFor = coldFor;
        this.crowding = crowding;
        this.lanes = lanes;
    }

    /** A lane has opened: it takes its turns from now on, and makes up for nothing that was before. */
    void joined(Lane lane) {
        lane.turns().countFrom(mostGiven() - round());
    }

    /** A new connection is about to be offered. */
    void accepted(long now) {
        if (!started) {
            started = true;
            coldUntil = now + coldFor;
        } else if (now - lastAccepted > SPELL) {
            long most = mostGiven() - round();
            for (Lane lane : lanes) {
                lane.turns().countFrom(most);
            }
        }
        lastAccepted = now;
    }

    /** For a new connection: healthy lanes only, full ones included, so that turns are strict. */
    @Nullable
    Lane forNew(long now, Arrival arrival) {
        if (!collect(lane -> healthy(lane, now))) {
            // One loop that stands must not keep all others of the only worker from their clients.
            collect(lane -> prompt(lane, now));
        }
        return ask(now, arrival);
    }

    /**
     * For one that is already ours, and has waited: a healthy lane that owes us no claim, else any healthy one with a free
     * cell, else any that wants it and has one.
     */
    @Nullable
    Lane forOurs(long now, Arrival arrival) {
        if (!collect(lane -> takesOne(lane, now) && !lane.hasOffers()) && !collect(lane -> takesOne(lane, now))) {
            collect(lane -> lane.usable(now) && lane.freeCells() > 0);
        }
        return ask(now, arrival);
    }

    private boolean collect(Predicate<Lane> asked) {
        candidates.clear();
        for (Lane lane : lanes) {
            if (asked.test(lane)) {
                candidates.add(lane);
            }
        }
        return !candidates.isEmpty();
    }

    private boolean takesOne(Lane lane, long now) {
        return healthy(lane, now) && lane.freeCells() > 0;
    }

    /** Whether some lane would take a connection if it were not for a limit, and none of those is below its own. */
    boolean onlyFull(long now) {
        boolean full = false;
        for (Lane lane : lanes) {
            if (lane.usableButForLimit(now)) {
                if (!lane.isFull()) {
                    return false;
                }
                full = true;
            }
        }
        return full;
    }

    /** Nanoseconds until an offer is worth a look, or a lane that was passed over may be tried; MAX_VALUE for never. */
    long delay(long now, boolean acceptWaits) {
        long delay = Long.MAX_VALUE;
        for (Lane lane : lanes) {
            if (lane.hasOffers()) {
                // An offer is worth a look when it may be rescued; when it is overdue already, every half rescue time.
                long due = lane.oldestOffer() + rescueAfter - now;
                delay = Math.min(delay, acceptWaits || due <= 0 ? promptWithin : due);
            } else if (acceptWaits && lane.passedOver(now)) {
                delay = Math.min(delay, promptWithin);
            }
        }
        return delay;
    }

    /** Whether another lane could take over an offer of this one at once. */
    boolean promptBeside(Lane stalled, long now) {
        for (Lane lane : lanes) {
            if (lane != stalled && takesOne(lane, now)) {
                return true;
            }
        }
        return false;
    }

    /** Whether an offer is old enough to be taken back: its patience doubles with each move of its connection. */
    boolean overdue(Lane lane, AcceptedConnection connection, long age, long now) {
        // No patience is shorter than the rescue time, and few offers get that old: only they are compared with others.
        return age >= rescueAfter && age >= patience(lane, now) << Math.min(connection.revocations(), 20);
    }

    private long patience(Lane lane, long now) {
        if (now < coldUntil) {
            return COLD_PATIENCE * rescueAfter;
        }
        return lane.isProven() ? Math.max(rescueAfter, excused(lane, now)) : UNPROVEN_PATIENCE * rescueAfter;
    }

    /** Whether nothing says that this lane stalls. */
    boolean healthy(Lane lane, long now) {
        return !lane.isStalled() && prompt(lane, now);
    }

    private boolean prompt(Lane lane, long now) {
        if (now < coldUntil) {
            return lane.healthy(now, COLD_PATIENCE * rescueAfter);
        }
        // Most are prompt, whatever the others do: only who is not is compared with them.
        return lane.isProven()
                ? lane.healthy(now, promptWithin) || lane.healthy(now, excused(lane, now))
                : lane.healthy(now, 0);
    }

    /** How old an offer may be because the others are no faster, or the kernel lets it wait, in nanoseconds. */
    private long excused(Lane of, long now) {
        if (crowding.lasts(now) && !of.isStopped(now)) {
            return CROWD_EXCUSES * rescueAfter;
        }
        long sum = 0;
        int known = 0;
        for (Lane lane : lanes) {
            long claimTime = lane == of ? ClaimTime.UNKNOWN : lane.claimTime(now);
            if (claimTime != ClaimTime.UNKNOWN) {
                sum += claimTime;
                known++;
            }
        }
        return known == 0 ? 0 : Math.min(MOST_EXCUSED * rescueAfter, USUAL * sum / known);
    }

    private @Nullable Lane ask(long now, Arrival arrival) {
        if (candidates.isEmpty()) {
            return null;
        }
        for (Lane lane : candidates) {
            lane.turns().look(now);
            lane.turns().weigh(scheduler.weight(lane));
        }
        // Whoever was away may catch up by a window, not by all that it has missed.
        long most = mostGiven();
        long round = round();
        for (Lane lane : candidates) {
            long window = lane.cells().window() * lane.turns().price();
            lane.turns().countFrom(most - Math.max(window, round));
        }
        int chosen = scheduler.next(unchangeable, arrival);
        return chosen == Scheduler.WAIT ? null : candidates.get(chosen);
    }

    /** So much may lie between accounts although all get their shares: the dearest turn, if turns have several prices. */
    private long round() {
        long dearest = 0;
        long cheapest = Long.MAX_VALUE;
        for (Lane lane : lanes) {
            dearest = Math.max(dearest, lane.turns().price());
            cheapest = Math.min(cheapest, lane.turns().price());
        }
        return dearest == cheapest ? 0 : dearest;
    }

    private long mostGiven() {
        long most = 0;
        for (Lane lane : lanes) {
            most = Math.max(most, lane.given());
        }
        return most;
    }
}
