package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.MasterLoss;
import org.nettycluster.protocol.Readiness;
import org.nettycluster.protocol.Ready;
import org.nettycluster.protocol.Unlisten;

@Timeout(60)
final class ReadinessTest {
    @Test
    void theFirstBindMakesReady() throws Exception {
        try (WorkerFixture fixture = new WorkerFixture()) {
            fixture.bind();
            fixture.master.next(Ready.class);
        }
    }

    @Test
    void onlyTheApplicationsWordMakesReadyWhereTheMasterWantsIt() throws Exception {
        try (WorkerFixture fixture = new WorkerFixture(
                master -> master.environment(Readiness.EXPLICIT, MasterLoss.DRAIN, Duration.ofSeconds(30)))) {
            ClusterServerSocketChannel server = fixture.bind();
            FakeLane lane = fixture.master.lane();
            Eventually.eventually("the lane is open", lane.page::wants);
            server.close().syncUninterruptibly();
            fixture.master.next(Listen.class);
            // Whatever the bind said would have come before this.
            assertThat(fixture.master.frames.take()).isInstanceOf(org.nettycluster.protocol.LaneHello.class);
            assertThat(fixture.master.frames.take()).isInstanceOf(Unlisten.class);
            fixture.worker.ready();
            fixture.worker.ready();
            fixture.master.next(Ready.class);
            assertThat(fixture.master.frames).isEmpty();
        }
    }
}
