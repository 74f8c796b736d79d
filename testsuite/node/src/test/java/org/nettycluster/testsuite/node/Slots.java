package org.nettycluster.testsuite.node;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.accept.DatagramRegistry;
import org.nettycluster.master.accept.InheritedSockets;
import org.nettycluster.master.accept.ListenerRegistry;
import org.nettycluster.master.accept.Sharing;
import org.nettycluster.master.control.ControlEvents;
import org.nettycluster.master.control.ControlServer;
import org.nettycluster.master.control.RunDirectory;
import org.nettycluster.master.control.Stall;
import org.nettycluster.master.dispatch.Capacity;
import org.nettycluster.master.dispatch.ConnectionLimits;
import org.nettycluster.master.dispatch.Crowding;
import org.nettycluster.master.dispatch.Dispatcher;
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

/**
 * A master's loop in this JVM, and programs that sit in slots: the test is the fleet, and says who comes and who goes. Owns
 * them all.
 */
final class Slots implements AutoCloseable {
    private static final Drain DRAIN = new Drain(10_000, 1_000);

    private final Path home = Files.createTempDirectory(Path.of("/tmp"), "nc");
    private final RunDirectory directory = RunDirectory.open(home.resolve("run"));
    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("slots", true), EpollIoHandler.newFactory());
    private final IoEventLoop loop = group.next();
    private final MessageThreads threads = new MessageThreads();
    private final List<Program> programs = new ArrayList<>();
    private final Capacity capacity = new Capacity(ConnectionLimits.NONE);
    private final ListenerRegistry registry = new ListenerRegistry(
            loop,
            capacity,
            () -> new Dispatcher(new RoundRobin(), 15_000_000, 100_000_000, capacity, Crowding.UNKNOWN),
            InheritedSockets.NONE,
            new Sharing(false, ConnectionLimits.NONE, PageStore.beside(directory.path())));
    private final ControlServer server = new ControlServer(
            loop, directory, registry, PageStore.beside(directory.path()), 8, Duration.ZERO, new Nobody());

    Slots() throws Exception {
        server.start();
    }

    /** Their processes will come; a socket of each slot is bound by the first bind of any. */
    List<WorkerEnvironment> expect(int slots) {
        List<WorkerEnvironment> roles = new ArrayList<>();
        for (int slot = 1; slot <= slots; slot++) {
            roles.add(expect(new WorkerId(slot, 1)));
        }
        return roles;
    }

    WorkerEnvironment expect(WorkerId worker) {
        Token token = Token.random();
        Mailbox mailbox = new Mailbox("worker " + worker, loop, threads, new Deaf());
        onLoop(() -> {
            server.expect(worker, token, false, mailbox);
            return true;
        });
        return new WorkerEnvironment(
                directory.socket(), worker, token, ProcessHandle.current().pid());
    }

    Program program(WorkerEnvironment role) {
        Program program = new Program(role);
        programs.add(program);
        return program;
    }

    /** Asks it to finish, and returns when its process, if it were one, would have ended. */
    void drain(Program program) {
        WorkerId worker = program.worker.id();
        tellToDrain(program);
        Cluster.get(program.worker.draining());
        Cluster.until("worker " + worker + " has left", () -> !program.worker.isConnected());
        exit(program);
    }

    void tellToDrain(Program program) {
        WorkerId worker = program.worker.id();
        onLoop(() -> server.drain(worker, DRAIN));
    }

    /** Its process has ended, just so. */
    void exit(Program program) {
        WorkerId worker = program.worker.id();
        onLoop(() -> {
            server.exited(worker);
            return true;
        });
    }

    /** What the master says of its UDP sockets. */
    List<DatagramRegistry.Bound> bound() {
        return onLoop(() -> server.datagrams().bound());
    }

    void vacate(int slot) {
        onLoop(() -> {
            server.vacate(slot);
            return true;
        });
    }

    /** The master is dead. */
    void die() {
        onLoop(() -> {
            server.close();
            return true;
        });
    }

    private <T> T onLoop(Callable<T> task) {
        try {
            return loop.submit(task).get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        programs.forEach(Program::close);
        onLoop(() -> {
            server.close();
            registry.close();
            return true;
        });
        threads.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        directory.close();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Hears nothing. */
    private static final class Deaf implements Correspondent {
        @Override
        public boolean takesMessages() {
            return false;
        }

        @Override
        public void message(ClusterMessage message) {}

        @Override
        public boolean takesRequests() {
            return false;
        }

        @Override
        public @Nullable CompletionStage<ClusterMessage> request(ClusterMessage request) {
            return null;
        }
    }

    /** Looks after no processes. */
    private static final class Nobody implements ControlEvents {
        @Override
        public void online(WorkerId worker, long pid) {}

        @Override
        public void listening(WorkerId worker, SocketAddress address) {}

        @Override
        public void ready(WorkerId worker) {}

        @Override
        public void leaving(WorkerId worker) {}

        @Override
        public void drained(WorkerId worker, int forced) {}

        @Override
        public void stalled(WorkerId worker, Stall stall) {}

        @Override
        public void recovered(WorkerId worker) {}

        @Override
        public void disconnected(WorkerId worker) {}
    }
}
