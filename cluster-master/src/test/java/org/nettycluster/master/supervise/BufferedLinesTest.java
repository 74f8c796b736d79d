package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.master.supervise.WorkerOutput.Stream;
import org.nettycluster.protocol.WorkerId;

@Timeout(20)
class BufferedLinesTest {
    private static final WorkerId ID = new WorkerId(1, 1);

    private final BlockingQueue<String> read = new LinkedBlockingQueue<>();
    private final CountDownLatch reads = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    private void readSlowly(WorkerId worker, Stream stream, String text) {
        reads.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            return;
        }
        read.add(text);
    }

    @Test
    void readerThatStopsBlocksNobodyAndHearsWhatItMissed() throws Exception {
        BufferedLines lines = new BufferedLines(this::readSlowly, 3);
        lines.line(ID, Stream.OUT, "first");
        reads.await();
        for (int i = 0; i < 10; i++) {
            lines.line(ID, Stream.OUT, "line " + i);
        }
        assertThat(read).isEmpty();
        goOn.countDown();
        assertThat(read.poll(10, TimeUnit.SECONDS)).isEqualTo("first");
        assertThat(read.poll(10, TimeUnit.SECONDS))
                .isEqualTo("(7 lines of worker 1.1 were dropped: their reader was too slow)");
        for (int i = 0; i < 3; i++) {
            assertThat(read.poll(10, TimeUnit.SECONDS)).isEqualTo("line " + i);
        }
        lines.close();
    }

    @Test
    void charactersAreBoundedToo() throws Exception {
        BufferedLines lines = new BufferedLines(this::readSlowly);
        lines.line(ID, Stream.OUT, "first");
        reads.await();
        String long16k = "x".repeat(16 * 1024);
        for (int i = 0; i < 300; i++) {
            lines.line(ID, Stream.OUT, long16k);
        }
        goOn.countDown();
        lines.passed().toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(read)
                .hasSizeLessThan(260)
                .contains("(44 lines of worker 1.1 were dropped: their reader was too slow)");
        lines.close();
    }

    @Test
    void passedMeansRead() throws Exception {
        BufferedLines lines = new BufferedLines((worker, stream, text) -> read.add(text));
        lines.line(ID, Stream.ERR, "last words");
        lines.passed().toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(read).containsExactly("last words");
        lines.close();
    }

    @Test
    void closeEndsTheThreadEvenIfTheReaderHasStopped() throws Exception {
        BufferedLines lines = new BufferedLines(this::readSlowly, 1);
        lines.line(ID, Stream.OUT, "first");
        reads.await();
        lines.line(ID, Stream.OUT, "second");
        lines.close();
        assertThat(lines.passed().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isNull();
    }
}
