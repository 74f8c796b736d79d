package org.nettycluster.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.master.Client;
import org.nettycluster.master.FakeLane;
import org.nettycluster.master.FakeWorker;
import org.nettycluster.master.LogRecorder;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenFailed;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.ServerOption;

/** The master at its limit of open files. Fake workers live in the same process and must open nothing meanwhile. */
@Timeout(30)
class DescriptorLimitTest {
    private static final int EMFILE = 24;

    @Test
    void bindAtTheLimitFailsAndWorksAfterwards() throws Exception {
        try (Door door = new Door();
                FakeWorker worker = door.worker(1);
                DescriptorLimit limit = new DescriptorLimit()) {
            // Loads what a failure needs.
            Listen refused = worker.ask(ListenTest.loopback(0), 1);
            worker.listenInVain(
                    new Listen(refused.request(), 1, refused.address(), Map.of(ServerOption.FAST_OPEN, -5)));
            limit.exhaust();
            ListenFailed failed;
            try {
                failed = worker.listenInVain(worker.ask(ListenTest.loopback(0), 0));
            } finally {
                limit.restore();
            }
            assertThat(failed.errno()).isEqualTo(EMFILE);
            assertThat(failed.text()).contains("Too many open files");
            worker.listen(ListenTest.loopback(0));
        }
    }

    @Test
    void clientsAtTheLimitWaitAndAreServedAfterwards() throws Exception {
        try (LogRecorder log = new LogRecorder();
                Door door = new Door();
                FakeWorker worker = door.worker(1);
                DescriptorLimit limit = new DescriptorLimit();
                Socket late = new Socket()) {
            Listening listening = worker.listen(ListenTest.loopback(0));
            FakeLane lane = worker.lane(listening);
            try (Client first = new Client(listening.address())) {
                lane.serve("before");
                assertThat(first.readAll()).isEqualTo("before");
            }
            late.bind(ListenTest.loopback(0));
            late.setSoTimeout(10_000);
            limit.exhaust();
            try {
                late.connect(listening.address(), 10_000);
                log.awaitWarning("clients wait in the backlog, next try in 100 ms: raise the limit of open files");
            } finally {
                limit.restore();
            }
            lane.serve("after");
            assertThat(new String(late.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("after");
            lane.close();
        }
    }
}
