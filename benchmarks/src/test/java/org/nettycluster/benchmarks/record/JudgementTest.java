package org.nettycluster.benchmarks.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.benchmarks.load.Ended;
import org.nettycluster.benchmarks.load.Outcome;

class JudgementTest {
    private static final Set<String> VICTIMS = Set.of("1.1");

    @TempDir
    Path directory;

    @Test
    void whatWasAppendedIsReadInOrder() throws IOException {
        WorkerRecord record = WorkerRecord.create(directory, "1.1", 10);
        record.accepted(60_001, -7);
        record.requested(60_001, "abc-1");
        List<Entry> entries = new ArrayList<>();
        RecordReader.read(directory, entries::add);
        assertThat(entries).extracting(Entry::sequence).containsExactly(1, 2);
        assertThat(entries).extracting(Entry::port).containsOnly(60_001);
        assertThat(entries).extracting(Entry::worker).containsOnly("1.1");
        assertThat(entries)
                .extracting(Entry::fact)
                .containsExactly(new Entry.Accepted(-7), new Entry.Requested("abc-1"));
        assertThat(entries.get(1).at()).isBetween(entries.get(0).at(), System.nanoTime());
    }

    @Test
    void aRecordThatWasTooShortIsNotBelieved() {
        WorkerRecord record = WorkerRecord.create(directory, "1.1", 1);
        record.accepted(1, 1);
        record.accepted(2, 2);
        assertThatThrownBy(() -> RecordReader.read(directory, entry -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("was full after 1 entries");
    }

    @Test
    void aConnectionOrARequestInTwoRecordsIsFound() throws IOException {
        WorkerRecord first = WorkerRecord.create(directory, "1.1", 10);
        WorkerRecord second = WorkerRecord.create(directory, "2.1", 10);
        first.accepted(1, 100);
        first.requested(1, "a-1");
        second.accepted(1, 101);
        second.requested(1, "a-2");
        assertThat(judge().twice()).isEmpty();
        second.accepted(1, 100);
        second.requested(1, "a-1");
        assertThat(judge().twice()).hasSize(2);
        assertThat(judge().isClean()).isFalse();
    }

    @Test
    void aFailureIsClaimedByItsVictimOrLost() throws IOException {
        long before = System.nanoTime();
        WorkerRecord victim = WorkerRecord.create(directory, "1.1", 10);
        WorkerRecord survivor = WorkerRecord.create(directory, "2.1", 10);
        victim.accepted(1, 100);
        survivor.accepted(2, 101);
        long now = System.nanoTime();
        Judgement judgement = Judgement.of(
                directory,
                List.of(
                        failed("a-1", 1, before, now),
                        failed("a-2", 2, before, now),
                        failed("a-3", 3, before, now),
                        failed("a-4", 4, before, now),
                        failed("a-5", 1, now + 1, now + 2),
                        failed("a-6", 0, before, now)),
                List.of(new LastClaim("1.1", 3, now + 1), new LastClaim("2.1", 4, now + 1)),
                VICTIMS);
        assertThat(judgement.count(Fate.CLAIMED)).isEqualTo(1);
        assertThat(judgement.count(Fate.SPARED)).isEqualTo(1);
        assertThat(judgement.count(Fate.CLAIMED_UNRECORDED)).isEqualTo(1);
        assertThat(judgement.count(Fate.LOST)).isEqualTo(3);
        assertThat(judgement.lost()).hasSize(4);
    }

    private Judgement judge() throws IOException {
        return Judgement.of(directory, List.of(), List.of(), VICTIMS);
    }

    private static Ended failed(String nonce, int port, long due, long at) {
        return new Ended(Outcome.RESET_BEFORE, nonce, port, Ended.NOBODY, due, 0, 0, at);
    }
}
