package org.nettycluster.benchmarks.record;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.nettycluster.benchmarks.load.Ended;
import org.nettycluster.benchmarks.record.Entry.Accepted;
import org.nettycluster.benchmarks.record.Entry.Requested;

/**
 * The records of all workers held against what clients saw. Immutable.
 *
 * <p>Ports are used again: one is the attempt's only if it was accepted between the moment at which the attempt was due
 * and its end. Connections are told apart by the kernel's own number, requests by their nonce.
 *
 * @param accepted connections that became active in a worker
 * @param requested requests that a worker saw
 * @param twice connections and requests that more than one entry speaks of, each described; must be empty
 * @param fates of the failed attempts
 * @param lost those that are {@link Fate#LOST} or {@link Fate#SPARED}, each described; must be empty
 * @param byWorker connections by worker
 */
public record Judgement(
        long accepted,
        long requested,
        List<String> twice,
        Map<Fate, Integer> fates,
        List<String> lost,
        Map<String, Long> byWorker) {
    /** How long after its end a lane's last claims may be logged. */
    private static final long LOGGED_WITHIN = 5_000_000_000L;

    /**
     * Reads all and judges.
     *
     * @param failures attempts that did not end well
     * @param lastClaims what the master logged
     * @param victims workers that were killed
     */
    public static Judgement of(
            Path directory, Collection<Ended> failures, Collection<LastClaim> lastClaims, Set<String> victims)
            throws IOException {
        return new Reading(failures, lastClaims, victims).of(directory);
    }

    /** How many failed attempts had this fate. */
    public int count(Fate fate) {
        return fates.getOrDefault(fate, 0);
    }

    /** Whether nothing ran twice and no failed attempt is unexplained. */
    public boolean isClean() {
        return twice.isEmpty() && lost.isEmpty();
    }

    /** In one line. */
    public String words() {
        return "accepted " + accepted + ", requests " + requested + ", twice " + twice.size() + ", failed: "
                + count(Fate.CLAIMED) + " claimed, " + count(Fate.CLAIMED_UNRECORDED) + " claimed unrecorded, "
                + count(Fate.SPARED) + " claimed by a worker that lives, " + count(Fate.LOST) + " lost";
    }

    private static final class Reading {
        private static final int MOST_TOLD = 20;

        private final Map<Integer, List<Ended>> failuresByPort = new HashMap<>();
        private final Map<Integer, List<LastClaim>> lastClaimsByPort = new HashMap<>();
        private final Set<String> victims;
        private final Map<Ended, String> claimers = new HashMap<>();
        private final Set<Long> cookies = new HashSet<>();
        private final Set<String> nonces = new HashSet<>();
        private final List<String> twice = new ArrayList<>();
        private final Map<String, Long> byWorker = new TreeMap<>();
        private long accepted;
        private long requested;

        Reading(Collection<Ended> failures, Collection<LastClaim> lastClaims, Set<String> victims) {
            this.victims = victims;
            failures.forEach(failure -> failuresByPort
                    .computeIfAbsent(failure.port(), port -> new ArrayList<>())
                    .add(failure));
            lastClaims.forEach(claim -> lastClaimsByPort
                    .computeIfAbsent(claim.port(), port -> new ArrayList<>())
                    .add(claim));
        }

        Judgement of(Path directory) throws IOException {
            RecordReader.read(directory, this::enter);
            Map<Fate, Integer> fates = new EnumMap<>(Fate.class);
            List<String> lost = new ArrayList<>();
            failuresByPort
                    .values()
                    .forEach(failures -> failures.forEach(failure -> {
                        Fate fate = fate(failure);
                        fates.merge(fate, 1, Integer::sum);
                        if ((fate == Fate.LOST || fate == Fate.SPARED) && lost.size() < MOST_TOLD) {
                            lost.add(fate + " " + claimers.getOrDefault(failure, "") + " " + failure);
                        }
                    }));
            return new Judgement(accepted, requested, List.copyOf(twice), fates, List.copyOf(lost), byWorker);
        }

        private void enter(Entry entry) {
            if (entry.fact() instanceof Accepted connection) {
                accepted++;
                byWorker.merge(entry.worker(), 1L, Long::sum);
                if (!cookies.add(connection.cookie())) {
                    twice.add("connection " + entry);
                }
                for (Ended failure : failuresByPort.getOrDefault(entry.port(), List.of())) {
                    if (entry.at() >= failure.due() && entry.at() <= failure.at()) {
                        claimers.put(failure, entry.worker());
                    }
                }
            } else if (entry.fact() instanceof Requested request) {
                requested++;
                if (!nonces.add(request.nonce())) {
                    twice.add("request " + entry);
                }
            }
        }

        private Fate fate(Ended failure) {
            String claimer = claimers.get(failure);
            if (claimer != null) {
                return victims.contains(claimer) ? Fate.CLAIMED : Fate.SPARED;
            }
            boolean logged = failure.port() != 0
                    && lastClaimsByPort.getOrDefault(failure.port(), List.of()).stream()
                            .anyMatch(claim -> victims.contains(claim.worker())
                                    && claim.at() >= failure.due()
                                    && claim.at() - failure.at() <= LOGGED_WITHIN);
            return logged ? Fate.CLAIMED_UNRECORDED : Fate.LOST;
        }
    }
}
