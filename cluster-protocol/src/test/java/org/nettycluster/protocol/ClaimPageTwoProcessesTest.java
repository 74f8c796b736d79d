package org.nettycluster.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The master's half of the claim page against {@link ClaimRacer} in another JVM. */
class ClaimPageTwoProcessesTest {
    private static final boolean SOAK = Boolean.getBoolean("ncluster.soak");
    private static final int WINDOW = 8;
    private static final int RACES = SOAK ? 50_000_000 : 500_000;
    private static final int RINGS = SOAK ? 5_000_000 : 75_000;
    private static final long DEADLINE_SECONDS = SOAK ? 1200 : 180;
    private static final long NONE = -1;

    @TempDir
    private Path directory;

    private final long seed = Long.getLong("ncluster.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final byte[] address = new byte[ClaimPage.MAX_ADDRESS];
    /** The master's private slots: the sequence that a cell is busy with. */
    private final long[] slots = new long[WINDOW];

    private final ScheduledExecutorService deadline = Executors.newSingleThreadScheduledExecutor();
    private ClaimPage page;
    private Process worker;

    @BeforeEach
    void createThePage() throws IOException {
        Arrays.fill(slots, NONE);
        page = ClaimPage.create(directory.resolve("page"), WINDOW);
    }

    @AfterEach
    void endTheWorker() throws InterruptedException {
        deadline.shutdownNow();
        if (worker != null) {
            worker.destroyForcibly().waitFor();
        }
    }

    @Test
    void everyOfferHasExactlyOneWinnerAndTheLoserKnows() throws Exception {
        start("race", RACES);
        byte[] outcomes = new byte[RACES];
        long next = 0;
        int lost = 0;
        int idleRounds = 0;
        for (int settled = 0; settled < RACES; ) {
            boolean idle = true;
            for (int cell = 0; cell < WINDOW; cell++) {
                long sequence = slots[cell];
                if (sequence == NONE) {
                    continue;
                }
                ClaimState state = state(sequence);
                if (state.offered()) {
                    if (random.nextInt(32) > 0) {
                        continue;
                    }
                    if (random.nextInt(64) == 0) {
                        // On a single processor nobody else would ever come between the look and the swap.
                        Thread.yield();
                    }
                    if (page.transition(sequence, state, ClaimState.REVOKED)) {
                        outcomes[(int) sequence] = (byte) ClaimState.REVOKED.code();
                        continue;
                    }
                    lost++;
                    state = state(sequence);
                    assertThat(state)
                            .as("loser's view of offer %d", sequence)
                            .isIn(ClaimState.CLAIMED, ClaimState.REFUSED);
                }
                if (state == ClaimState.REVOKED) {
                    continue;
                }
                if (state == ClaimState.CLAIMED || state == ClaimState.REFUSED) {
                    assertOutcome(outcomes, sequence, (byte) 0);
                    outcomes[(int) sequence] = (byte) state.code();
                } else {
                    assertOutcome(outcomes, sequence, (byte) ClaimState.REVOKED.code());
                }
                if (state == ClaimState.CLAIMED) {
                    page.settled(sequence);
                }
                slots[cell] = NONE;
                settled++;
                idle = false;
            }
            while (next < RACES && slots[page.cellOf(next)] == NONE) {
                offer(next++, random.nextInt(4) == 0 ? ClaimState.OFFERED_AGAIN : ClaimState.OFFERED);
                idle = false;
            }
            if (idle) {
                checkTheWorkerLives();
                if (++idleRounds % 64 == 0) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
            }
        }
        byte[] theirs = worker.getInputStream().readAllBytes();
        assertThat(theirs).as("outcomes in the worker's eyes: %s", errors()).hasSize(RACES);
        int[] counts = new int[8];
        int lostByWorker = 0;
        for (int sequence = 0; sequence < RACES; sequence++) {
            lostByWorker += (theirs[sequence] & ClaimRacer.LOST) == 0 ? 0 : 1;
            int state = theirs[sequence] & 7;
            counts[state]++;
            int expected = state == ClaimState.RETURNED.code() ? ClaimState.REVOKED.code() : state;
            if (outcomes[sequence] != expected) {
                fail(
                        "offer %d: the worker says %d, the master %d (seed %d)",
                        sequence, state, outcomes[sequence], seed);
            }
        }
        String summary = "claimed %d, refused %d, revoked %d; lost by the master %d, by the worker %d"
                .formatted(counts[3], counts[4], counts[6], lost, lostByWorker);
        // Otherwise the two never met and the test has proved nothing.
        assertThat(new int[] {counts[3], counts[4], counts[6], lost + lostByWorker})
                .as(summary)
                .doesNotContain(0);
        assertThat(counts[3] + counts[4] + counts[6]).isEqualTo(RACES);
    }

    @Test
    void aMasterThatArmsTheBellAndLooksOnceMoreNeverSleepsThroughAClaim() throws Exception {
        start("ring", RINGS);
        InputStream bell = worker.getInputStream();
        long next = 0;
        int sleeps = 0;
        for (int settled = 0; settled < RINGS; ) {
            // Mostly one alone: with more, the ring of the next claim would hide that one was lost.
            int most = random.nextInt(4) == 0 ? WINDOW : 1;
            while (next < RINGS && next - settled < most && slots[page.cellOf(next)] == NONE) {
                offer(next++, ClaimState.OFFERED);
            }
            bell.skipNBytes(bell.available());
            int claims = sweep();
            if (claims == 0) {
                page.armBell();
                claims = sweep();
                if (claims == 0) {
                    sleeps++;
                    if (bell.read() < 0) {
                        throw new AssertionError("no ring for offer " + (next - 1) + " within " + DEADLINE_SECONDS
                                + " s, asleep for the " + sleeps + "th time, " + sweep() + " claims unseen, seed "
                                + seed + ": " + errors());
                    }
                } else {
                    page.disarmBell();
                }
            }
            settled += claims;
        }
        assertThat(sleeps).as("sleeps, seed %d", seed).isGreaterThan(RINGS / 1000);
    }

    private int sweep() {
        int claims = 0;
        for (int cell = 0; cell < WINDOW; cell++) {
            long sequence = slots[cell];
            if (sequence != NONE && state(sequence) == ClaimState.CLAIMED) {
                page.settled(sequence);
                slots[cell] = NONE;
                claims++;
            }
        }
        return claims;
    }

    private void offer(long sequence, ClaimState state) {
        int length = ClaimRacer.address(sequence, address);
        page.offer(sequence, state, address, 0, length);
        slots[page.cellOf(sequence)] = sequence;
    }

    private ClaimState state(long sequence) {
        long word = page.word(page.cellOf(sequence));
        ClaimState state = ClaimWord.state(word);
        if (state == null || state == ClaimState.EMPTY || ClaimWord.sequence(word) != sequence) {
            throw new AssertionError("offer " + sequence + " reads " + ClaimWord.describe(word) + ", seed " + seed);
        }
        return state;
    }

    private void assertOutcome(byte[] outcomes, long sequence, byte expected) {
        if (outcomes[(int) sequence] != expected) {
            fail("offer %d ended twice: %d (seed %d)", sequence, outcomes[(int) sequence], seed);
        }
    }

    private void start(String what, int offers) throws IOException {
        worker = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ClaimRacer.class.getName(),
                        what,
                        directory.resolve("page").toString(),
                        Integer.toString(WINDOW),
                        Integer.toString(offers),
                        Long.toString(seed))
                .redirectError(directory.resolve("errors").toFile())
                .start();
        // The deadline ends the worker, and that ends whatever waits for it here.
        deadline.schedule(worker::destroyForcibly, DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    private void checkTheWorkerLives() throws IOException {
        if (!worker.isAlive()) {
            // It may just have finished: then every offer has ended, and the next sweep sees it.
            for (long sequence : slots) {
                if (sequence != NONE && (state(sequence).offered() || state(sequence) == ClaimState.REVOKED)) {
                    fail(
                            "the worker ended, by itself or after %d s, before offer %d did (seed %d): %s",
                            DEADLINE_SECONDS, sequence, seed, errors());
                }
            }
        }
    }

    private String errors() throws IOException {
        return Files.readString(directory.resolve("errors"));
    }
}
