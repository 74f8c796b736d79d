package org.nettycluster.master.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.master.Client;
import org.nettycluster.master.FakeLane;
import org.nettycluster.master.FakeWorker;
import org.nettycluster.master.LogRecorder;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenFailed;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.Unlisten;

@Timeout(30)
class ListenTest {
    private static final int EACCES = 13;
    private static final int EADDRINUSE = 98;

    private final LogRecorder log = new LogRecorder();
    private Door door = new Door();

    ListenTest() throws Exception {}

    @AfterEach
    void close() throws Exception {
        door.close();
        log.close();
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress("127.0.0.1", port);
    }

    private static Listen with(Listen listen, Map<ServerOption, Integer> options) {
        return new Listen(listen.request(), listen.ordinal(), listen.address(), options);
    }

    /** What the kernel says through Netty when a local bind to this address fails. */
    private static String localFailure(InetSocketAddress address) throws IOException {
        LinuxSocket socket = LinuxSocket.newSocketStream(false);
        try {
            socket.bind(address);
            return "bind worked";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        } finally {
            socket.close();
        }
    }

    private static boolean hasIpv6() {
        try {
            LinuxSocket socket = LinuxSocket.newSocketStream(true);
            try {
                socket.bind(new InetSocketAddress("::1", 0));
            } finally {
                socket.close();
            }
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private void assertRefused(InetSocketAddress address) {
        assertThatThrownBy(() -> new Client(address)).isInstanceOf(ConnectException.class);
    }

    @Test
    void aLimitOfConnectionsIsEachWorkersOwn() throws Exception {
        Map<ServerOption, Integer> three = Map.of(ServerOption.MAX_CONNECTIONS, 3);
        FakeWorker first = door.worker(1);
        Listening bound = first.listen(with(first.ask(loopback(0), 0), three));
        assertThat(bound.options()).isEqualTo(three);
        FakeWorker second = door.worker(2);
        assertThat(second.listen(second.ask(bound.address(), 0)).options()).isEmpty();
        FakeWorker third = door.worker(3);
        Map<ServerOption, Integer> nine = Map.of(ServerOption.MAX_CONNECTIONS, 9);
        assertThat(third.listen(with(third.ask(bound.address(), 0), nine)).options())
                .isEqualTo(nine);
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void firstBindsAndOthersShare() throws Exception {
        Listening first = door.worker(1).listen(loopback(0));
        Listening second = door.worker(2).listen(loopback(0));
        assertThat(first.address().getPort()).isPositive();
        assertThat(second.address()).isEqualTo(first.address());
        assertThat(second.listener()).isEqualTo(first.listener());
        assertThat(second.page()).isNotEqualTo(first.page());
        assertThat(first.window()).isEqualTo(Door.WINDOW);
        assertThat(door.listeners()).hasSize(1);
        assertThat(door.pageFiles()).hasSize(2);
    }

    @Test
    void sameWorkerTwiceIsToldWhatALocalBindWouldSay() throws Exception {
        FakeWorker worker = door.worker(1);
        InetSocketAddress address = worker.listen(loopback(0)).address();
        ListenFailed failed = worker.listenInVain(worker.ask(address, 0));
        assertThat(failed.errno()).isEqualTo(EADDRINUSE);
        assertThat(failed.text()).isEqualTo(localFailure(address)).contains("Address already in use");
        assertThat(door.pageFiles()).hasSize(1);
    }

    @Test
    void sameRequestTwiceBindsOnce() throws Exception {
        FakeWorker worker = door.worker(1);
        Listen listen = worker.ask(loopback(0), 0);
        worker.listen(listen);
        assertThat(worker.listenInVain(listen).errno()).isEqualTo(EADDRINUSE);
        assertThat(door.listeners()).hasSize(1);
    }

    @Test
    void nthBindToPortZeroIsOneSocketForAllWorkers() throws Exception {
        FakeWorker one = door.worker(1);
        FakeWorker two = door.worker(2);
        InetSocketAddress first = one.listen(one.ask(loopback(0), 0)).address();
        InetSocketAddress second = one.listen(one.ask(loopback(0), 1)).address();
        assertThat(second).isNotEqualTo(first);
        assertThat(two.listen(two.ask(loopback(0), 1)).address()).isEqualTo(second);
        assertThat(two.listen(two.ask(loopback(0), 0)).address()).isEqualTo(first);
    }

    @Test
    void portThatTheKernelChoseIsJoinedByItsNumber() throws Exception {
        Listening chosen = door.worker(1).listen(loopback(0));
        Listening joined = door.worker(2).listen(chosen.address());
        assertThat(joined.listener()).isEqualTo(chosen.listener());
    }

    @Test
    void everySpellingOfTheWildcardIsOneSocket() throws Exception {
        Listening first = door.worker(1).listen(new InetSocketAddress("0.0.0.0", 0));
        Listening second = door.worker(2)
                .listen(new InetSocketAddress("::", first.address().getPort()));
        assertThat(second.listener()).isEqualTo(first.listener());
        new Client(loopback(first.address().getPort())).close();
        assumeTrue(hasIpv6(), "no ::1 on this machine");
        new Client(new InetSocketAddress("::1", first.address().getPort())).close();
    }

    @Test
    void ipv6OnlyLivesBesideIpv4() throws Exception {
        assumeTrue(hasIpv6(), "no ::1 on this machine");
        FakeWorker worker = door.worker(1);
        Listening four = worker.listen(loopback(0));
        int port = four.address().getPort();
        Listening six = worker.listen(
                with(worker.ask(new InetSocketAddress("::", port), 0), Map.of(ServerOption.IPV6_ONLY, 1)));
        assertThat(six.address()).isEqualTo(new InetSocketAddress("::", port));
        assertThat(six.listener()).isNotEqualTo(four.listener());
        Listening again = door.worker(2)
                .listen(with(worker.ask(new InetSocketAddress("::", port), 0), Map.of(ServerOption.IPV6_ONLY, 1)));
        assertThat(again.listener()).isEqualTo(six.listener());
    }

    @Test
    void addressOfTheOtherFamilyIsAnotherSocket() throws Exception {
        assumeTrue(hasIpv6(), "no ::1 on this machine");
        FakeWorker worker = door.worker(1);
        Listening four = worker.listen(loopback(0));
        Listening six =
                worker.listen(new InetSocketAddress("::1", four.address().getPort()));
        assertThat(six.address().getAddress()).isEqualTo(InetAddress.getByName("::1"));
    }

    @Test
    void scopeOfALinkLocalAddressReachesTheKernel() throws Exception {
        FakeWorker worker = door.worker(1);
        // Interface 1 is lo, which has no such address; without a scope the kernel would say EINVAL.
        InetAddress scoped = Inet6Address.getByAddress(
                null, InetAddress.getByName("fe80::1234").getAddress(), 1);
        ListenFailed failed = worker.listenInVain(worker.ask(new InetSocketAddress(scoped, 0), 0));
        assertThat(failed.errno()).isEqualTo(99);
        assertThat(door.listeners()).isEmpty();
    }

    @Test
    void otherOptionsThanTheFirstWorkersAreWarnedOf() throws Exception {
        FakeWorker one = door.worker(1);
        FakeWorker two = door.worker(2);
        InetSocketAddress address = one.listen(with(one.ask(loopback(0), 0), Map.of(ServerOption.BACKLOG, 7)))
                .address();
        two.listen(with(two.ask(address, 0), Map.of(ServerOption.BACKLOG, 8)));
        log.awaitWarning("worker 2 shares");
        assertThat(log.warnings()).anyMatch(line -> line.contains("{BACKLOG=7}") && line.contains("{BACKLOG=8}"));
    }

    @Test
    void sameOptionsAreNoNews() throws Exception {
        FakeWorker one = door.worker(1);
        FakeWorker two = door.worker(2);
        InetSocketAddress address = one.listen(with(one.ask(loopback(0), 0), Map.of(ServerOption.BACKLOG, 7)))
                .address();
        two.listen(with(two.ask(address, 0), Map.of(ServerOption.BACKLOG, 7)));
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void everyOptionIsAppliedOrRefusedByTheKernel() throws Exception {
        FakeWorker worker = door.worker(1);
        worker.listen(with(
                worker.ask(loopback(0), 0),
                Map.of(
                        ServerOption.BACKLOG, 16,
                        ServerOption.REUSE_ADDRESS, 0,
                        ServerOption.RECEIVE_BUFFER, 65536,
                        ServerOption.FAST_OPEN, 16,
                        ServerOption.DEFER_ACCEPT, 1,
                        ServerOption.IPV6_ONLY, 1,
                        ServerOption.FREE_BIND, 1)));
        ListenFailed failed = worker.listenInVain(with(worker.ask(loopback(0), 1), Map.of(ServerOption.FAST_OPEN, -5)));
        assertThat(failed.text()).contains("Invalid argument");
        assertThat(worker.isClosed()).isFalse();
    }

    @Test
    void privilegedPortIsRefusedWithItsErrno() throws Exception {
        String failure = localFailure(loopback(1));
        assumeTrue(failure.contains("Permission denied"), "this user may bind to port 1: " + failure);
        FakeWorker worker = door.worker(1);
        assertThat(worker.listenInVain(worker.ask(loopback(1), 0)).errno()).isEqualTo(EACCES);
    }

    @Test
    void strangersSocketIsInTheWayUntilItIsGone() throws Exception {
        FakeWorker one = door.worker(1);
        FakeWorker two = door.worker(2);
        InetSocketAddress address;
        LinuxSocket foreign = LinuxSocket.newSocketStream(false);
        try {
            foreign.bind(loopback(0));
            foreign.listen(1);
            address = foreign.localAddress();
            for (FakeWorker worker : new FakeWorker[] {one, two, one}) {
                ListenFailed failed = worker.listenInVain(worker.ask(address, 0));
                assertThat(failed.errno()).isEqualTo(EADDRINUSE);
                assertThat(failed.text()).isEqualTo(localFailure(address));
            }
        } finally {
            foreign.close();
        }
        assertThat(door.pageFiles()).isEmpty();
        assertThat(one.listen(address).listener()).isEqualTo(two.listen(address).listener());
    }

    @Test
    void lastUnlistenClosesTheSocket() throws Exception {
        FakeWorker one = door.worker(1);
        FakeWorker two = door.worker(2);
        Listening listening = one.listen(loopback(0));
        two.listen(listening.address());
        one.say(new Unlisten(listening.listener()), new Unlisten(listening.listener()), new Unlisten(77));
        // An answer on the same connection says that they were read.
        one.listen(one.ask(loopback(0), 5));
        new Client(listening.address()).close();
        two.say(new Unlisten(listening.listener()));
        two.listen(two.ask(loopback(0), 7));
        assertRefused(listening.address());
    }

    @Test
    void leavingAnothersListenerChangesNothing() throws Exception {
        FakeWorker one = door.worker(1);
        FakeWorker two = door.worker(2);
        Listening listening = one.listen(loopback(0));
        two.say(new Unlisten(listening.listener()));
        two.listen(two.ask(loopback(0), 7));
        new Client(listening.address()).close();
        assertThat(Path.of(listening.page())).exists();
    }

    @Test
    void workerThatLeftMayComeBack() throws Exception {
        FakeWorker worker = door.worker(1);
        Listening first = worker.listen(loopback(0));
        worker.say(new Unlisten(first.listener()));
        Listening second = worker.listen(first.address());
        assertThat(second.listener()).isNotEqualTo(first.listener());
        assertThat(Path.of(first.page())).doesNotExist();
    }

    @Test
    void clientsOfACrashedWorkerWaitForItsSuccessor() throws Exception {
        FakeWorker one = door.worker(1);
        Listening listening = one.listen(loopback(0));
        FakeLane lane = one.lane(listening);
        try (Client held = new Client(listening.address())) {
            // Received, unclaimed, and then nobody is there.
            lane.take().fd().close();
            lane.close();
            one.close();
            door.exited(1);
            try (Client waiting = new Client(listening.address())) {
                FakeWorker two = door.worker(2);
                FakeLane successor = two.lane(two.listen(loopback(0)));
                successor.serve("first");
                successor.serve("second");
                assertThat(held.readAll()).isEqualTo("first");
                assertThat(waiting.readAll()).isEqualTo("second");
                successor.close();
            }
        }
    }

    @Test
    void pageThatCannotBeCreatedFailsTheBindAndClosesTheSocket() throws Exception {
        Files.delete(door.pages);
        FakeWorker worker = door.worker(1);
        ListenFailed failed = worker.listenInVain(worker.ask(loopback(0), 0));
        assertThat(failed.text())
                .isEqualTo("the master can't create a claim page in " + door.pages + ": the directory is gone");
        assertThat(door.listeners()).isEmpty();
        Files.createDirectory(door.pages);
        worker.listen(loopback(0));
    }

    @Test
    void workerThatBindsWithoutEndIsToldTheLimitAndHarmsNobody() throws Exception {
        FakeWorker worker = door.worker(1);
        for (int i = 0; i < 256; i++) {
            worker.listen(worker.ask(loopback(0), i));
        }
        Listen oneMore = worker.ask(loopback(0), 256);
        ListenFailed failed = worker.listenInVain(oneMore);
        assertThat(failed.text()).isEqualTo("a worker listens at most at 256 addresses");
        assertThat(failed.errno()).isEqualTo(24);
        log.awaitWarning(
                "worker 1 binds one more address (limit: a worker listens at most at 256 addresses): answered no");
        FakeWorker other = door.worker(2);
        other.listen(other.ask(loopback(0), 256));
        other.close();
        worker.say(new Unlisten(1));
        worker.listen(oneMore);
        worker.close();
    }

    @Test
    void listenersThatCrashesLeaveBehindAreBounded() throws Exception {
        for (int life = 1; life <= 3; life++) {
            FakeWorker worker = door.worker(life);
            for (int i = 0; i < 100; i++) {
                worker.listen(worker.ask(loopback(0), life * 100 + i));
            }
            door.exited(life);
            worker.close();
        }
        assertThat(door.listeners()).hasSize(256);
        assertThat(door.listeners().get(0).number()).isEqualTo(45);
        log.awaitWarning(
                "300 listeners have no worker any more since worker 3 has ended (at most 256): closing the 44");
    }

    @Test
    void longStoryIsCutShort() throws Exception {
        String name = "a".repeat(200);
        door.close();
        door = new Door(
                new ControlServer.Admission(RunDirectory.currentUid(), Duration.ofSeconds(10), 64),
                String.join("/", name, name, name, name, name, name, name, name));
        Files.delete(door.pages);
        FakeWorker worker = door.worker(1);
        ListenFailed failed = worker.listenInVain(worker.ask(loopback(0), 0));
        assertThat(failed.text().getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1000, 4096);
        assertThat(failed.text()).endsWith("…");
        Files.createDirectory(door.pages);
    }

    @Test
    void pageThatNobodyOpenedIsUnlinkedWithItsWorker() throws Exception {
        FakeWorker one = door.worker(1);
        FakeWorker two = door.worker(2);
        one.listen(loopback(0));
        two.listen(loopback(0));
        one.close();
        assertThat(door.event()).isEqualTo("disconnected 1");
        assertThat(door.pageFiles()).hasSize(1);
        door.exited(2);
        assertThat(door.pageFiles()).isEmpty();
    }

    @Test
    void whoHasClosedBeforeItIsAskedToFinishHasLeftAllTheSame() throws Exception {
        FakeWorker worker = door.worker(1);
        InetSocketAddress address = worker.listen(loopback(0)).address();
        int listener = door.listeners().get(0).number();
        boolean asked = door.onLoop(() -> {
            // While the loop is here it reads nothing: the worker is gone and the master does not know.
            worker.say(new Unlisten(listener));
            worker.close();
            return door.server.drain(worker.role().worker(), new Drain(1000, 200));
        });
        assertThat(asked).isTrue();
        assertThat(door.event()).isEqualTo("disconnected 1");
        assertThat(door.listeners()).isEmpty();
        assertRefused(address);
    }
}
