package org.nettycluster.master.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.master.Client;
import org.nettycluster.master.LogRecorder;
import org.nettycluster.master.dispatch.Capacity;
import org.nettycluster.master.dispatch.ConnectionLimits;
import org.nettycluster.master.dispatch.Crowding;
import org.nettycluster.master.dispatch.Dispatcher;
import org.nettycluster.master.handoff.PageStore;
import org.nettycluster.master.schedule.RoundRobin;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenUnix;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.WorkerId;

/** Which binds mean which socket; no worker is there, only their names. */
@Timeout(30)
class ListenerRegistryTest {
    private static final Map<ServerOption, Integer> EXCLUSIVE = Map.of(ServerOption.EXCLUSIVE, 1);
    private static final WorkerId ONE = new WorkerId(1, 1);
    private static final WorkerId TWO = new WorkerId(2, 1);
    private static final WorkerId THREE = new WorkerId(3, 1);
    private static final WorkerId FORKED = new WorkerId(1, 0);

    @TempDir
    private Path directory;

    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("registry", true), EpollIoHandler.newFactory());
    private final IoEventLoop loop = group.next();
    private ListenerRegistry registry = registry(InheritedSockets.NONE);

    private ListenerRegistry registry(InheritedSockets inherited) {
        Capacity capacity = new Capacity(ConnectionLimits.NONE);
        return new ListenerRegistry(
                loop,
                capacity,
                () -> new Dispatcher(new RoundRobin(), 15_000_000, 100_000_000, capacity, Crowding.UNKNOWN),
                inherited,
                new Sharing(false, ConnectionLimits.NONE, PageStore.beside(Path.of("/dev/shm"))));
    }

    @AfterEach
    void close() throws Exception {
        onLoop(() -> {
            registry.close();
            return true;
        });
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        try {
            return loop.submit(task).get(10, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private Reception listen(WorkerId worker, int port, int ordinal, Map<ServerOption, Integer> options)
            throws Exception {
        return join(worker, port, ordinal, options).listener();
    }

    private ListenerRegistry.Joined join(WorkerId worker, int port, int ordinal, Map<ServerOption, Integer> options)
            throws Exception {
        Listen listen = new Listen(1, ordinal, new InetSocketAddress("127.0.0.1", port), options);
        return onLoop(() -> registry.listen(worker, listen));
    }

    private void leave(WorkerId worker, Reception listener) throws Exception {
        onLoop(() -> {
            registry.leave(worker, listener.number());
            return true;
        });
    }

    private void exited(WorkerId worker) throws Exception {
        onLoop(() -> {
            registry.workerExited(worker);
            return true;
        });
    }

    private void drains(WorkerId worker) throws Exception {
        onLoop(() -> {
            registry.workerDrains(worker);
            return true;
        });
    }

    private static InetSocketAddress address(Reception listener) {
        return (InetSocketAddress) listener.address();
    }

    private static int port(Reception listener) {
        return address(listener).getPort();
    }

    private static void assertListens(Reception listener) throws IOException {
        new Client(address(listener)).close();
    }

    private static void assertClosed(Reception listener) {
        assertThatThrownBy(() -> new Client(address(listener))).isInstanceOf(ConnectException.class);
    }

    @Test
    void portOfTheKernelsChoiceIsJoinedByItsNumberThoughTheFirstHasLeft() throws Exception {
        Reception chosen = listen(ONE, 0, 0, Map.of());
        assertThat(listen(TWO, port(chosen), 0, Map.of())).isSameAs(chosen);
        leave(ONE, chosen);
        assertThat(listen(THREE, port(chosen), 0, Map.of())).isSameAs(chosen);
        // And the first comes back to the same port, as the n-th bind to port 0 of every worker is one.
        assertThat(listen(ONE, 0, 0, Map.of())).isSameAs(chosen);
        assertListens(chosen);
    }

    @Test
    void whoHasJoinedByNumberGetsAnotherPortForPortZero() throws Exception {
        Reception chosen = listen(ONE, 0, 0, Map.of());
        listen(TWO, port(chosen), 0, Map.of());
        Reception another = listen(TWO, 0, 0, Map.of());
        assertThat(port(another)).isNotEqualTo(port(chosen));
        assertThat(listen(ONE, 0, 1, Map.of())).isSameAs(another);
        leave(TWO, chosen);
        leave(TWO, another);
        assertThat(listen(TWO, 0, 0, Map.of())).isSameAs(chosen);
    }

    @Test
    void exclusivePortZeroIsAnotherPortForEachSeat() throws Exception {
        Reception one = listen(ONE, 0, 0, EXCLUSIVE);
        Reception two = listen(TWO, 0, 0, EXCLUSIVE);
        Reception shared = listen(ONE, 0, 0, Map.of());
        assertThat(List.of(port(one), port(two), port(shared))).doesNotHaveDuplicates();
    }

    @Test
    void exclusiveAddressIsInUseForOthers() throws Exception {
        Reception one = listen(ONE, 0, 0, EXCLUSIVE);
        assertThatThrownBy(() -> listen(TWO, port(one), 0, EXCLUSIVE)).hasMessageContaining("Address already in use");
        assertThatThrownBy(() -> listen(TWO, port(one), 0, Map.of())).hasMessageContaining("Address already in use");
        assertThatThrownBy(() -> listen(FORKED, port(one), 0, EXCLUSIVE))
                .hasMessageContaining("Address already in use");
        leave(ONE, one);
        listen(TWO, port(one), 0, EXCLUSIVE);
    }

    @Test
    void successorInTheSeatHasTheExclusiveAddressToo() throws Exception {
        Reception one = listen(ONE, 0, 0, EXCLUSIVE);
        WorkerId reloaded = new WorkerId(1, 2);
        assertThat(listen(reloaded, port(one), 0, EXCLUSIVE)).isSameAs(one);
        drains(ONE);
        exited(ONE);
        assertListens(one);
        exited(reloaded);
        assertListens(one);
        assertThat(listen(new WorkerId(1, 3), 0, 0, EXCLUSIVE)).isSameAs(one);
    }

    @Test
    void exclusiveAddressEndsWithTheDrainOfItsOnlyWorker() throws Exception {
        Reception exclusive = listen(ONE, 0, 0, EXCLUSIVE);
        Reception shared = listen(ONE, 0, 0, Map.of());
        drains(ONE);
        assertClosed(exclusive);
        assertListens(shared);
        // The worker says so when its drain has ended, and it is no news.
        leave(ONE, exclusive);
    }

    @Test
    void exclusiveAddressOfASingleForkEndsWithIt() throws Exception {
        Reception listener = listen(FORKED, 0, 0, EXCLUSIVE);
        Reception ofSlot = listen(ONE, 0, 0, EXCLUSIVE);
        exited(ONE);
        exited(FORKED);
        assertClosed(listener);
        assertListens(ofSlot);
    }

    @Test
    void kernelChoosesAmongExclusiveSocketsWithReusePort() throws Exception {
        Map<ServerOption, Integer> reuse = Map.of(ServerOption.EXCLUSIVE, 1, ServerOption.REUSE_PORT, 1);
        Reception one = listen(ONE, 0, 0, reuse);
        Reception two = listen(TWO, port(one), 0, reuse);
        assertThat(two).isNotSameAs(one);
        assertThat(two.address()).isEqualTo(one.address());
    }

    @Test
    void firstWorkersOptionsAreTold() throws Exception {
        ListenerRegistry.Joined first = join(ONE, 0, 0, Map.of(ServerOption.BACKLOG, 7));
        assertThat(first.options()).isEqualTo(Map.of(ServerOption.BACKLOG, 7));
        ListenerRegistry.Joined second = join(TWO, 0, 0, Map.of(ServerOption.BACKLOG, 8));
        assertThat(second.options()).isEqualTo(Map.of(ServerOption.BACKLOG, 7));
    }

    @Test
    void ipv6OnlySaysNothingOfAnIpv4Wildcard() throws Exception {
        Listen listen = new Listen(1, 0, new InetSocketAddress("0.0.0.0", 0), Map.of(ServerOption.IPV6_ONLY, 1));
        Reception any = onLoop(() -> registry.listen(ONE, listen)).listener();
        new Client(new InetSocketAddress("127.0.0.1", port(any))).close();
    }

    @Test
    void pathIsOneSocketByWhateverLinkItIsReachedAndEndsWithItsLastWorker() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        Path path = directory.resolve("s");
        Reception one = onLoop(() -> registry.listen(ONE, new ListenUnix(1, path.toString(), Map.of())))
                .listener();
        Reception two = onLoop(() ->
                        registry.listen(TWO, new ListenUnix(1, link.resolve("s").toString(), Map.of())))
                .listener();
        assertThat(two).isSameAs(one);
        assertThatThrownBy(() -> onLoop(() -> registry.listen(ONE, new ListenUnix(2, path.toString(), Map.of()))))
                .hasMessageContaining("Address already in use");
        leave(ONE, one);
        SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
        leave(TWO, one);
        assertThat(path).doesNotExist();
    }

    @Test
    void inheritedSocketIsUsedWithoutABindAndCanBeBoundAgain() throws Exception {
        try (ServerSocketChannel parents = ServerSocketChannel.open()) {
            parents.bind(new InetSocketAddress("127.0.0.1", 0));
            InetSocketAddress address = (InetSocketAddress) parents.getLocalAddress();
            int descriptor = descriptorOf(address);
            assertThat(InheritedSockets.isNonBlocking(descriptor)).isFalse();
            registry = registry(InheritedSockets.open(List.of(new InheritedSocket(descriptor, "web")), directory));
            for (int times = 0; times < 2; times++) {
                ListenerRegistry.Joined joined = join(ONE, address.getPort(), 0, Map.of(ServerOption.BACKLOG, 9));
                assertThat(joined.listener().address()).isEqualTo(address);
                assertThat(joined.options()).isEmpty();
                assertThat(listen(TWO, address.getPort(), 0, Map.of())).isSameAs(joined.listener());
                assertThat(InheritedSockets.isNonBlocking(descriptor)).isTrue();
                leave(ONE, joined.listener());
                leave(TWO, joined.listener());
                new Client(address).close();
            }
            try (Stream<Path> left = Files.list(directory)) {
                assertThat(left).isEmpty();
            }
        } finally {
            // Its descriptor was the channel's, which has closed it.
            registry = registry(InheritedSockets.NONE);
        }
    }

    @Test
    void inheritedSocketThatNobodyBindsIsReported() throws Exception {
        LinuxSocket parents = LinuxSocket.newSocketStream(false);
        parents.bind(new InetSocketAddress("127.0.0.1", 0));
        parents.listen(1);
        registry = registry(InheritedSockets.open(List.of(new InheritedSocket(parents.intValue(), "web")), directory));
        listen(ONE, 0, 0, Map.of());
        try (LogRecorder log = new LogRecorder()) {
            registry.reportUnused();
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("inherited descriptor " + parents.intValue() + " (web) on ")
                    .contains("was bound by no worker");
        }
    }

    @Test
    void whatIsNoListeningSocketIsRefused() throws Exception {
        LinuxSocket mute = LinuxSocket.newSocketStream(false);
        LinuxSocket local = LinuxSocket.newSocketDomain();
        LinuxSocket unbound = LinuxSocket.newSocketDgram(false);
        FileDescriptor[] pipe = FileDescriptor.pipe();
        try {
            mute.bind(new InetSocketAddress("127.0.0.1", 0));
            for (int descriptor :
                    new int[] {mute.intValue(), local.intValue(), unbound.intValue(), pipe[0].intValue(), 54321}) {
                assertThatThrownBy(() -> InheritedSockets.open(List.of(new InheritedSocket(descriptor, "")), directory))
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith("inherited descriptor " + descriptor + " is no listening TCP socket: ");
            }
            assertThatThrownBy(() -> new InheritedSocket(2, "")).hasMessageContaining("must be 3 or more");
        } finally {
            mute.close();
            local.close();
            unbound.close();
            pipe[0].close();
            pipe[1].close();
        }
    }

    /** The number of the socket that listens there; the JDK does not tell. */
    private static int descriptorOf(InetSocketAddress address) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path each : open.toList()) {
                int number = Integer.parseInt(each.getFileName().toString());
                try {
                    if (address.equals(LinuxSocket.newSocket(number).localAddress())) {
                        return number;
                    }
                } catch (RuntimeException e) {
                    // No socket.
                }
            }
        }
        throw new AssertionError("no descriptor of ours listens on " + address);
    }
}
