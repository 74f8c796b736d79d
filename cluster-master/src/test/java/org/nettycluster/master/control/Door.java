package org.nettycluster.master.control;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.nettycluster.master.Eventually;
import org.nettycluster.master.FakeWorker;
import org.nettycluster.master.accept.InheritedSockets;
import org.nettycluster.master.accept.ListenerRegistry;
import org.nettycluster.master.accept.Reception;
import org.nettycluster.master.accept.Sharing;
import org.nettycluster.master.dispatch.Capacity;
import org.nettycluster.master.dispatch.ConnectionLimits;
import org.nettycluster.master.dispatch.Crowding;
import org.nettycluster.master.dispatch.Dispatcher;
import org.nettycluster.master.dispatch.HandoffCounters;
import org.nettycluster.master.handoff.PageStore;
import org.nettycluster.master.schedule.RoundRobin;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.WorkerId;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.protocol.messages.Correspondent;
import org.nettycluster.protocol.messages.Mailbox;
import org.nettycluster.protocol.messages.MessageThreads;

/** A master's loop with its control socket, listeners and lanes, and no processes: the test says who lives and who ends. */
final class Door implements AutoCloseable {
    static final int WINDOW = 4;
    private static final Duration STALL_WARN = Duration.ofSeconds(1);

    final Path home;
    final Path pages;
    final ControlServer server;
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    private final RunDirectory directory;
    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("door", true), EpollIoHandler.newFactory());
    private final IoEventLoop loop = group.next();
    private final ListenerRegistry registry;
    private final MessageThreads threads = new MessageThreads();
    private final Map<Integer, Mailbox> mailboxes = new ConcurrentHashMap<>();

    Door() throws Exception {
        this(new ControlServer.Admission(RunDirectory.currentUid(), Duration.ofSeconds(10), 64), "pages");
    }

    Door(ControlServer.Admission admission, String pages) throws Exception {
        this(admission, pages, ConnectionLimits.NONE);
    }

    Door(ControlServer.Admission admission, String pages, ConnectionLimits limits) throws Exception {
        home = Files.createTempDirectory(memory(), "ncluster-door-");
        directory = RunDirectory.open(home.resolve("run"));
        this.pages = Files.createDirectories(home.resolve(pages));
        Capacity capacity = new Capacity(limits);
        registry = new ListenerRegistry(
                loop,
                capacity,
                () -> new Dispatcher(
                        new RoundRobin(),
                        Duration.ofMillis(500).toNanos(),
                        Duration.ofMillis(20).toNanos(),
                        capacity,
                        Crowding.UNKNOWN),
                InheritedSockets.NONE,
                new Sharing(false, limits, PageStore.beside(this.pages)));
        server = new ControlServer(
                loop, directory, registry, PageStore.beside(this.pages), WINDOW, STALL_WARN, new Recorder(), admission);
        server.start();
    }

    /** A memory file system if there is one, so that pages lie where the test says. */
    private static Path memory() {
        Path shared = Path.of("/dev/shm");
        return Files.isWritable(shared) ? shared : Path.of("/tmp");
    }

    private final class Recorder implements ControlEvents {
        @Override
        public void online(WorkerId worker, long pid) {
            events.add("online " + worker);
        }

        @Override
        public void listening(WorkerId worker, SocketAddress address) {
            events.add("listening " + worker);
        }

        @Override
        public void ready(WorkerId worker) {
            events.add("ready " + worker);
        }

        @Override
        public void leaving(WorkerId worker) {
            events.add("leaving " + worker);
        }

        @Override
        public void drained(WorkerId worker, int forced) {
            events.add("drained " + worker + (forced == 0 ? "" : ", " + forced + " forced"));
        }

        @Override
        public void stalled(WorkerId worker, Stall stall) {
            events.add("stalled " + worker + " loop " + stall.loop());
        }

        @Override
        public void recovered(WorkerId worker) {
            events.add("recovered " + worker);
        }

        @Override
        public void disconnected(WorkerId worker) {
            events.add("disconnected " + worker);
        }
    }

    /** Takes messages as events, and answers requests with themselves. */
    private final class Reader implements Correspondent {
        private final WorkerId worker;

        Reader(WorkerId worker) {
            this.worker = worker;
        }

        @Override
        public boolean takesMessages() {
            return true;
        }

        @Override
        public void message(ClusterMessage message) {
            events.add("message " + worker);
        }

        @Override
        public boolean takesRequests() {
            return true;
        }

        @Override
        public CompletionStage<ClusterMessage> request(ClusterMessage request) {
            return CompletableFuture.completedStage(request);
        }
    }

    /** What this worker hears. */
    Mailbox mailbox(int number) {
        return mailboxes.get(number);
    }

    String event() throws InterruptedException {
        return String.valueOf(events.poll(10, TimeUnit.SECONDS));
    }

    /** Somebody else starts a process with this id. */
    WorkerEnvironment expect(int number) throws Exception {
        return expect(number, false);
    }

    /** A process with this id is about to be started; which one comes later. */
    WorkerEnvironment expectChild(int number) throws Exception {
        return expect(number, true);
    }

    void started(int number, ProcessHandle process) throws Exception {
        onLoop(() -> server.started(new WorkerId(number, 0), process));
    }

    private WorkerEnvironment expect(int number, boolean child) throws Exception {
        WorkerId worker = new WorkerId(number, 0);
        Token token = Token.random();
        Mailbox mailbox = new Mailbox("worker " + worker, loop, threads, new Reader(worker));
        mailbox.open();
        mailboxes.put(number, mailbox);
        onLoop(() -> {
            server.expect(worker, token, child, mailbox);
            return true;
        });
        return new WorkerEnvironment(
                directory.socket(), worker, token, ProcessHandle.current().pid());
    }

    /** Started, connected and welcome. */
    FakeWorker worker(int number) throws Exception {
        FakeWorker worker = FakeWorker.online(expect(number));
        Eventually.eventually("worker " + number + " is online", () -> events.remove("online " + number));
        return worker;
    }

    /** Its process has ended. */
    void exited(int number) throws Exception {
        onLoop(() -> {
            server.exited(new WorkerId(number, 0));
            return true;
        });
    }

    boolean drain(int number) throws Exception {
        return onLoop(() -> server.drain(new WorkerId(number, 0), new Drain(1000, 200)));
    }

    <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(10, TimeUnit.SECONDS);
    }

    List<Reception> listeners() throws Exception {
        return onLoop(() -> List.copyOf(registry.listeners()));
    }

    HandoffCounters counters() throws Exception {
        return onLoop(() -> registry.listeners().iterator().next().counters());
    }

    /** Names of pages that are still linked. */
    List<Path> pageFiles() throws IOException {
        try (Stream<Path> files = Files.list(pages)) {
            return files.toList();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            onLoop(() -> {
                server.close();
                registry.close();
                return true;
            });
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        threads.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        directory.close();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
