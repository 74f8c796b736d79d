package org.nettycluster.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.channel.unix.NativeInetAddress;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimPageTest {
    private static final byte[] FOUR = Bytes.of("7f000001 00001f90");
    private static final byte[] SIX = Bytes.of("fe800000000000000000000000000001 00000003 0000ffff");

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("page");
    }

    @Test
    void fieldsLieWhereTheDrawingSays() throws Exception {
        ClaimPage page = ClaimPage.create(file, 8);
        page.wants(true);
        page.armBell();
        page.armEndBell();
        page.countAdopted();
        page.countRefused();
        page.countRefused();
        page.countReturned();
        page.countReturned();
        page.countReturned();
        for (int i = 0; i < 4; i++) {
            page.countClosed();
        }
        page.heartbeats().beat(1000);
        page.heartbeats().asked(31, 1031);
        page.offer(9, ClaimState.OFFERED_AGAIN, FOUR, 0, 8);
        page.offer(15, ClaimState.OFFERED, SIX, 0, 24);

        ByteBuffer expected = ByteBuffer.allocate(1024);
        expected.put(0, Bytes.of("4e434c50 0002 0008"));
        expected.put(512 + 64 + 8, (byte) 8).put(512 + 64 + 9, FOUR);
        expected.put(512 + 7 * 64 + 8, (byte) 24).put(512 + 7 * 64 + 9, SIX);
        expected.order(ByteOrder.nativeOrder());
        expected.putLong(64, 1).putLong(128, 1).putLong(136, 1);
        expected.putLong(192, 1).putLong(200, 2).putLong(208, 3).putLong(216, 4);
        expected.putLong(256, 1000).putLong(504, 1031);
        expected.putLong(512 + 64, 9 << 3 | 2).putLong(512 + 7 * 64, 15 << 3 | 1);
        assertThat(Bytes.hex(Files.readAllBytes(file))).isEqualTo(Bytes.hex(expected.array()));
    }

    @Test
    void bothSidesSeeOnePage() throws Exception {
        ClaimPage master = ClaimPage.create(file, 8);
        ClaimPage worker = ClaimPage.open(file, 8);
        Files.delete(file);
        assertThat(master.wants()).isFalse();
        worker.wants(true);
        assertThat(master.wants()).isTrue();
        worker.wants(false);
        assertThat(master.wants()).isFalse();
        worker.countAdopted();
        worker.countRefused();
        worker.countReturned();
        worker.countClosed();
        assertThat(new long[] {master.adopted(), master.refused(), master.returned(), master.closed()})
                .containsOnly(1);
        worker.heartbeats().asked(5, -77);
        assertThat(master.heartbeats().stalledSince(5)).hasValue(-77);
        master.offer(0, ClaimState.OFFERED, FOUR, 0, 8);
        assertThat(worker.transition(0, ClaimState.OFFERED, ClaimState.CLAIMED)).isTrue();
        assertThat(master.word(0)).isEqualTo(ClaimWord.of(0, ClaimState.CLAIMED));
    }

    @Test
    void cellsOutsideTheWindowAreOutOfReach() {
        ClaimPage page = ClaimPage.inMemory(8);
        for (int cell : new int[] {-1, 8, Integer.MAX_VALUE}) {
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> page.word(cell));
        }
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> page.transition(-1, ClaimState.OFFERED, ClaimState.CLAIMED));
    }

    @Test
    void messagesWalkRoundTheRing() throws ProtocolException {
        ClaimPage page = ClaimPage.inMemory(3);
        for (long sequence : new long[] {0, 1, 2, 3, 4, 5, 1L << 40, (1L << 60) - 1}) {
            assertThat(page.cellOf(sequence)).isEqualTo((int) (sequence % 3));
            page.offer(sequence, ClaimState.OFFERED, FOUR, 0, 8);
            long word = page.word(page.cellOf(sequence));
            assertThat(ClaimWord.sequence(word)).isEqualTo(sequence);
            assertThat(ClaimWord.state(word)).isEqualTo(ClaimState.OFFERED);
            assertThat(page.transition(sequence, ClaimState.OFFERED, ClaimState.CLAIMED))
                    .isTrue();
        }
    }

    @Test
    void onlyTheFirstTransitionOfAnOfferWins() {
        ClaimPage page = ClaimPage.inMemory(8);
        page.offer(3, ClaimState.OFFERED, FOUR, 0, 8);
        assertThat(page.transition(3, ClaimState.OFFERED_AGAIN, ClaimState.CLAIMED))
                .isFalse();
        assertThat(page.transition(3, ClaimState.OFFERED, ClaimState.REVOKED)).isTrue();
        assertThat(page.transition(3, ClaimState.OFFERED, ClaimState.CLAIMED)).isFalse();
        assertThat(page.transition(3, ClaimState.OFFERED, ClaimState.REFUSED)).isFalse();
        assertThat(page.transition(3, ClaimState.REVOKED, ClaimState.RETURNED)).isTrue();
        assertThat(page.transition(3, ClaimState.REVOKED, ClaimState.RETURNED)).isFalse();
        assertThat(page.word(3)).isEqualTo(ClaimWord.of(3, ClaimState.RETURNED));
    }

    @Test
    void aLateMessageCannotTouchALaterOfferInItsCell() {
        ClaimPage page = ClaimPage.inMemory(8);
        page.offer(3, ClaimState.OFFERED, FOUR, 0, 8);
        assertThat(page.transition(3, ClaimState.OFFERED, ClaimState.REVOKED)).isTrue();
        assertThat(page.transition(3, ClaimState.REVOKED, ClaimState.RETURNED)).isTrue();
        page.offer(11, ClaimState.OFFERED, SIX, 0, 24);
        assertThat(page.transition(3, ClaimState.OFFERED, ClaimState.CLAIMED)).isFalse();
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> page.address(3, new byte[24], 0))
                .withMessageContaining("OFFERED(11)");
        assertThat(page.transition(11, ClaimState.OFFERED, ClaimState.CLAIMED)).isTrue();
    }

    @Test
    void aWithdrawnSequenceIsUsedAgain() throws ProtocolException {
        ClaimPage page = ClaimPage.inMemory(8);
        page.offer(3, ClaimState.OFFERED, FOUR, 0, 8);
        page.withdraw(3);
        assertThat(page.word(3)).isZero();
        assertThat(page.transition(3, ClaimState.OFFERED, ClaimState.CLAIMED)).isFalse();
        page.offer(3, ClaimState.OFFERED_AGAIN, SIX, 0, 24);
        byte[] address = new byte[24];
        assertThat(page.address(3, address, 0)).isEqualTo(24);
        assertThat(address).isEqualTo(SIX);
        assertThat(page.transition(3, ClaimState.OFFERED_AGAIN, ClaimState.CLAIMED))
                .isTrue();
    }

    @Test
    void aClaimIsUnsettledUntilTheMasterHasClosedItsDup() {
        ClaimPage page = ClaimPage.inMemory(8);
        page.offer(3, ClaimState.OFFERED, FOUR, 0, 8);
        assertThat(page.unsettled(3)).isFalse();
        assertThat(page.transition(3, ClaimState.OFFERED, ClaimState.CLAIMED)).isTrue();
        assertThat(page.unsettled(3)).isTrue();
        page.settled(3);
        assertThat(page.unsettled(3)).isFalse();
        page.offer(11, ClaimState.OFFERED, FOUR, 0, 8);
        assertThat(page.transition(11, ClaimState.OFFERED, ClaimState.CLAIMED)).isTrue();
        assertThat(page.unsettled(3)).isFalse();
        assertThat(page.unsettled(11)).isTrue();
    }

    @Test
    void bothKindsOfAddressArriveAsNettyReadsThem() throws ProtocolException {
        ClaimPage page = ClaimPage.inMemory(8);
        byte[] accepted = new byte[25];
        accepted[0] = 8;
        System.arraycopy(FOUR, 0, accepted, 1, 8);
        page.offer(0, ClaimState.OFFERED, accepted, 1, accepted[0]);
        byte[] into = new byte[30];
        assertThat(page.address(0, into, 2)).isEqualTo(8);
        assertThat(NativeInetAddress.address(into, 2, 8)).isEqualTo(new InetSocketAddress("127.0.0.1", 8080));

        accepted[0] = 24;
        System.arraycopy(SIX, 0, accepted, 1, 24);
        page.offer(1, ClaimState.OFFERED, accepted, 1, accepted[0]);
        assertThat(page.address(1, into, 6)).isEqualTo(24);
        InetSocketAddress six = NativeInetAddress.address(into, 6, 24);
        assertThat(six.getPort()).isEqualTo(65535);
        assertThat(six.getAddress().getAddress()).isEqualTo(Bytes.of("fe800000000000000000000000000001"));
        assertThat(((Inet6Address) six.getAddress()).getScopeId()).isEqualTo(3);
        assertThat(page.word(2)).as("the cell behind it").isZero();
    }

    @Test
    void noOtherAddressIsOfferedOrRead() throws Exception {
        ClaimPage page = ClaimPage.create(file, 8);
        for (int length : new int[] {0, 7, 9, 23, 25, 64}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> page.offer(3, ClaimState.OFFERED, new byte[64], 0, length));
        }
        assertThat(page.word(3)).isZero();
        assertThatExceptionOfType(ProtocolException.class)
                .as("nothing was offered yet")
                .isThrownBy(() -> page.address(0, new byte[24], 0));
        page.offer(3, ClaimState.OFFERED, FOUR, 0, 8);
        for (int length : new int[] {0, 9, 25, 0xff}) {
            byte[] bytes = Files.readAllBytes(file);
            bytes[512 + 3 * 64 + 8] = (byte) length;
            Files.write(file, bytes);
            ClaimPage broken = ClaimPage.open(file, 8);
            assertThatExceptionOfType(ProtocolException.class)
                    .isThrownBy(() -> broken.address(3, new byte[24], 0))
                    .withMessageContaining("(1, 8 or 24)");
        }
    }

    @Test
    void peerOfAUnixSocketHasNoAddress() throws Exception {
        ClaimPage page = ClaimPage.create(file, 8);
        page.offer(3, ClaimState.OFFERED, new byte[1], 0, ClaimPage.NO_ADDRESS);
        assertThat(page.address(3, new byte[24], 0)).isEqualTo(ClaimPage.NO_ADDRESS);
    }

    @Test
    void onlyAnOfferIsOffered() {
        ClaimPage page = ClaimPage.inMemory(8);
        for (ClaimState state : ClaimState.values()) {
            if (!state.offered()) {
                assertThatIllegalArgumentException().isThrownBy(() -> page.offer(3, state, FOUR, 0, 8));
            }
        }
        assertThat(page.word(3)).isZero();
    }

    @Test
    void theBellForEndsIsAnotherOne() {
        ClaimPage page = ClaimPage.inMemory(8);
        page.armBell();
        assertThat(page.takeEndBell()).isFalse();
        page.armEndBell();
        assertThat(page.takeEndBell()).isTrue();
        assertThat(page.takeEndBell()).isFalse();
        assertThat(page.takeBell()).isTrue();
    }

    @Test
    void oneArmedBellIsTakenOnce() {
        ClaimPage page = ClaimPage.inMemory(8);
        assertThat(page.takeBell()).isFalse();
        page.armBell();
        assertThat(page.takeBell()).isTrue();
        assertThat(page.takeBell()).isFalse();
        page.armBell();
        page.armBell();
        assertThat(page.takeBell()).isTrue();
        assertThat(page.takeBell()).isFalse();
        page.armBell();
        page.disarmBell();
        assertThat(page.takeBell()).isFalse();
    }

    @Test
    void everyStateKeepsItsCode() {
        assertThat(ClaimState.values()).extracting(ClaimState::code).containsExactly(0, 1, 2, 3, 4, 5, 6);
        assertThat(ClaimState.values())
                .containsExactly(
                        ClaimState.EMPTY,
                        ClaimState.OFFERED,
                        ClaimState.OFFERED_AGAIN,
                        ClaimState.CLAIMED,
                        ClaimState.REFUSED,
                        ClaimState.REVOKED,
                        ClaimState.RETURNED);
        for (ClaimState state : ClaimState.values()) {
            long word = ClaimWord.of(123_456_789_012L, state);
            assertThat(ClaimWord.state(word)).isEqualTo(state);
            assertThat(ClaimWord.sequence(word)).isEqualTo(123_456_789_012L);
            assertThat(ClaimWord.describe(word)).isEqualTo(state + "(123456789012)");
        }
        assertThat(ClaimWord.state(0)).isEqualTo(ClaimState.EMPTY);
        assertThat(ClaimWord.state(7)).isNull();
        assertThat(ClaimWord.describe(5 << 3 | 7)).isEqualTo("?7(5)");
    }
}
