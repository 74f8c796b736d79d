package org.nettycluster.protocol;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Random;

/**
 * The worker's half of the claim page, in a process of its own: takes the offers in their order, as fast as they appear.
 *
 * <p>{@code race PAGE WINDOW OFFERS SEED}: claims, now and then refuses; says at the end what became of each offer, one
 * byte an offer. {@code ring PAGE WINDOW OFFERS SEED}: claims each one and rings, one byte each, when asked to.
 */
final class ClaimRacer {
    private final ClaimPage page;
    private final long offers;
    private final Random random;
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final byte[] address = new byte[ClaimPage.MAX_ADDRESS];
    private final byte[] expected = new byte[ClaimPage.MAX_ADDRESS];

    private ClaimRacer(ClaimPage page, long offers, long seed) {
        this.page = page;
        this.offers = offers;
        this.random = new Random(seed);
    }

    public static void main(String[] args) throws Exception {
        endWithTheParent();
        ClaimPage page = ClaimPage.open(Path.of(args[1]), Integer.parseInt(args[2]));
        ClaimRacer racer = new ClaimRacer(page, Long.parseLong(args[3]), Long.parseLong(args[4]));
        page.wants(true);
        if (args[0].equals("race")) {
            racer.race();
        } else {
            racer.ring();
        }
    }

    /** Nobody spins on after a test that was killed. */
    private static void endWithTheParent() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {}
                    } catch (IOException e) {
                        // As good as an end.
                    }
                    Runtime.getRuntime().halt(1);
                },
                "end with the parent");
        watch.setDaemon(true);
        watch.start();
    }

    private void race() throws IOException, ProtocolException {
        byte[] outcomes = new byte[(int) offers];
        for (int sequence = 0; sequence < offers; sequence++) {
            ClaimState offered = await(sequence);
            checkAddress(sequence);
            hesitate(64);
            ClaimState wish = random.nextInt(16) == 0 ? ClaimState.REFUSED : ClaimState.CLAIMED;
            if (offered.offered() && page.transition(sequence, offered, wish)) {
                outcomes[sequence] = (byte) wish.code();
                continue;
            }
            // Lost, or late: the one other way for an offer to end.
            if (!page.transition(sequence, ClaimState.REVOKED, ClaimState.RETURNED)) {
                throw new IllegalStateException("offer " + sequence + " is neither ours nor revoked: "
                        + ClaimWord.describe(page.word(page.cellOf(sequence))));
            }
            outcomes[sequence] = (byte) ((offered.offered() ? LOST : 0) | ClaimState.RETURNED.code());
        }
        out.write(outcomes);
    }

    /** Added to a returned offer that was still offered when it was looked at. */
    static final int LOST = 0x40;

    private void ring() throws IOException, ProtocolException {
        for (int sequence = 0; sequence < offers; sequence++) {
            ClaimState offered = await(sequence);
            checkAddress(sequence);
            hesitate(512);
            if (!page.transition(sequence, offered, ClaimState.CLAIMED)) {
                throw new IllegalStateException("offer " + sequence + " was taken by nobody and is gone");
            }
            if (page.takeBell()) {
                out.write(1);
            }
        }
    }

    /** Stands for the message: an offer is on the page before its message is sent. */
    private ClaimState await(long sequence) {
        int cell = page.cellOf(sequence);
        for (int spins = 0; ; spins++) {
            long word = page.word(cell);
            ClaimState state = ClaimWord.state(word);
            if (ClaimWord.sequence(word) == sequence && state != null && state != ClaimState.EMPTY) {
                return state;
            }
            if (ClaimWord.sequence(word) > sequence) {
                throw new IllegalStateException(
                        "offer " + sequence + " was overwritten by " + ClaimWord.describe(word));
            }
            if ((spins & 63) == 63) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private void checkAddress(long sequence) throws ProtocolException {
        int length = page.address(sequence, address, 0);
        if (length != address(sequence, expected)) {
            throw new IllegalStateException("offer " + sequence + " has an address of " + length + " bytes");
        }
        for (int i = 0; i < length; i++) {
            if (address[i] != expected[i]) {
                throw new IllegalStateException("offer " + sequence + " has the address of another one");
            }
        }
    }

    private void hesitate(int longest) {
        if (random.nextInt(64) == 0) {
            // On a single processor nobody else would ever come between the look and the swap.
            Thread.yield();
        }
        for (int i = random.nextInt(longest); i > 0; i--) {
            Thread.onSpinWait();
        }
    }

    /** The address that belongs to an offer, of either length. */
    static int address(long sequence, byte[] into) {
        int length = sequence % 3 == 0 ? ClaimPage.MAX_ADDRESS : 8;
        long mixed = (sequence + 1) * 0x9e3779b97f4a7c15L;
        for (int i = 0; i < length; i++) {
            into[i] = (byte) (mixed >>> (i & 7) * 8);
        }
        return length;
    }
}
