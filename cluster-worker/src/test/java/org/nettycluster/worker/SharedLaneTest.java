package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.TurnPage;

/** A worker that accepts for itself; the master is worked by hand. */
@Timeout(60)
class SharedLaneTest {
    private WorkerFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new WorkerFixture();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private Channel bind() {
        return fixture.bootstrap()
                .option(ClusterChannelOption.SHARED, true)
                .bind(WorkerFixture.loopback(0))
                .syncUninterruptibly()
                .channel();
    }

    private FakeLane share() throws Exception {
        FakeLane lane = fixture.master.lane();
        assertThat(lane.page.wants()).isFalse();
        fixture.master.share(lane);
        Eventually.eventually("wants", lane.page::wants);
        return lane;
    }

    private TurnPage turns() {
        TurnPage turns = fixture.master.turns;
        if (turns == null) {
            throw new AssertionError("nothing is shared");
        }
        return turns;
    }

    @Test
    void whatItAcceptsIsCountedWhereTheMasterLooks() throws Exception {
        Channel server = bind();
        FakeLane lane = share();
        try (WorkerFixture.Client client = fixture.client()) {
            assertThat(client.echo("hello")).isEqualTo("hello");
            SocketChannel child = fixture.child();
            assertThat((Object) child.parent()).isSameAs(server);
            assertThat(child.remoteAddress()).isEqualTo(client.address());
            assertThat(lane.page.adopted()).isEqualTo(1);
            assertThat(turns().open(0)).isEqualTo(1);
            assertThat(turns().word(0)).isEqualTo(1 << 1 | 1);
        }
        Eventually.eventually("closed", () -> lane.page.closed() == 1 && turns().open(0) == 0);
    }

    @Test
    void whoIsHeldAcceptsNothingUntilItIsToldOtherwise() throws Exception {
        bind();
        FakeLane lane = share();
        int rings = lane.rings.get();
        turns().hold(0, true);
        fixture.master.share(lane);
        lane.awaitRingAfter(rings);
        assertThat(lane.page.wants()).isFalse();
        assertThat(TurnPage.wants(turns().word(0))).isFalse();
        try (WorkerFixture.Client client = fixture.client()) {
            client.say("x");
            FakeMaster.Accepted accepted = fixture.master.accept();
            FakeMaster.close(accepted);
            assertThat(lane.page.adopted()).isZero();
        }
        turns().hold(0, false);
        fixture.master.share(lane);
        try (WorkerFixture.Client client = fixture.client()) {
            assertThat(client.echo("again")).isEqualTo("again");
        }
    }

    @Test
    void atItsLimitItLeavesClientsInTheBacklogAndSaysSo() throws Exception {
        fixture.master.limit = 1;
        bind();
        FakeLane lane = share();
        WorkerFixture.Client first = fixture.client();
        assertThat(first.echo("one")).isEqualTo("one");
        Eventually.eventually("wants nothing", () -> !lane.page.wants());
        try (WorkerFixture.Client second = fixture.client()) {
            second.say("x");
            assertThat(lane.page.adopted()).isEqualTo(1);
            first.close();
            assertThat(second.socket.getInputStream().read()).isEqualTo('x');
        }
    }

    @Test
    void whatIsInTheBacklogOfADeadMasterIsServed() throws Exception {
        Channel server = bind();
        share();
        CountDownLatch release = new CountDownLatch(1);
        server.eventLoop().execute(() -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        List<WorkerFixture.Client> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(fixture.client());
        }
        fixture.master.die();
        release.countDown();
        for (WorkerFixture.Client client : clients) {
            assertThat(client.echo("hello")).isEqualTo("hello");
            client.close();
        }
        WorkerFixture.await(server);
    }

    @Test
    void whoClosesLeavesTheSocketToOthers() throws Exception {
        Channel server = bind();
        share();
        server.close().sync();
        try (WorkerFixture.Client client = fixture.client()) {
            FakeMaster.Accepted accepted = fixture.master.accept();
            FakeMaster.close(accepted);
            assertThat(client.read()).isEqualTo(-1);
        }
    }
}
