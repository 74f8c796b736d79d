package org.nettycluster.master.control;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.accept.DatagramRegistry;
import org.nettycluster.master.accept.ListenerRegistry;
import org.nettycluster.master.handoff.PageStore;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.WorkerId;
import org.nettycluster.protocol.messages.Mailbox;

/**
 * The unix socket that workers call, and what is known of each worker. On the master's loop.
 *
 * <p>A process must be {@link #expect expected} before it is started: nobody else gets in.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Tasks and writes that nobody waits for.
public final class ControlServer {
    /**
     * A batch of messages, which may lie in a worker's channel until it reads, does not keep the master from reading what
     * that worker says; answers that it does not read do.
     */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 * 1024, 192 * 1024);

    private static final long LAST_WORDS_MILLIS = 500;
    private static final long LAST_DATAGRAMS_MILLIS = 1000;

    private final EventLoop loop;
    private final RunDirectory directory;
    private final ListenerRegistry registry;
    private final PageStore pages;
    private final int window;
    private final ControlEvents events;
    private final Admission admission;
    private final Audit audit;
    private final Map<WorkerId, WorkerSession> sessions = new HashMap<>();
    /** Of processes that have ended, while what they said last is read. */
    private final Set<WorkerSession> lastWords = new HashSet<>();

    private final StallWatch watch;
    private final DatagramRegistry datagrams;
    private int strangers;
    private @Nullable Channel channel;

    /**
     * @param loop the master's
     * @param directory where the socket is made; stays the caller's
     * @param registry what workers listen on
     * @param pages where claim pages come from
     * @param window cells of each lane
     * @param stallWarn a worker of whom a loop stands for longer is routed around; 0 for never
     * @param events told what workers say
     */
    public ControlServer(
            EventLoop loop,
            RunDirectory directory,
            ListenerRegistry registry,
            PageStore pages,
            int window,
            Duration stallWarn,
            ControlEvents events) {
        this(loop, directory, registry, pages, window, stallWarn, events, Admission.of(directory.uid()));
    }

    ControlServer(
            EventLoop loop,
            RunDirectory directory,
            ListenerRegistry registry,
            PageStore pages,
            int window,
            Duration stallWarn,
            ControlEvents events,
            Admission admission) {
        this.loop = loop;
        this.directory = directory;
        this.registry = registry;
        this.datagrams = new DatagramRegistry(registry.inherited());
        this.pages = pages;
        this.window = window;
        this.events = events;
        this.admission = admission;
        this.audit = new Audit(loop, directory.socket().toString());
        this.watch = new StallWatch(loop, stallWarn, sessions::values);
    }

    /**
     * Who may come in, and who may stand in the door.
     *
     * @param uid whose processes
     * @param patience for the first frame
     * @param strangers how many connections at once may not have said who they are
     */
    record Admission(int uid, Duration patience, int strangers) {
        static Admission of(int uid) {
            return new Admission(uid, Duration.ofSeconds(10), 64);
        }
    }

    /**
     * Binds the socket. Called once, off the loop; blocks until it is bound.
     *
     * @throws IOException as the bind failed
     */
    public void start() throws IOException, InterruptedException {
        var bound = new ServerBootstrap()
                .group(loop, loop)
                .channel(EpollServerDomainSocketChannel.class)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new ChannelInitializer<EpollDomainSocketChannel>() {
                    @Override
                    protected void initChannel(EpollDomainSocketChannel child) {
                        new FirstFrame(ControlServer.this, events).addTo(child);
                    }
                })
                .bind(new DomainSocketAddress(directory.socket().toFile()))
                .await();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "can't open the control socket " + directory.socket() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        channel = bound.channel();
        // Between bind and here the directory's mode, 0700, keeps everybody else out.
        Files.setPosixFilePermissions(directory.socket(), PosixFilePermissions.fromString("rw-------"));
    }

    /**
     * A process with this id and token will come.
     *
     * @param child whether we are about to start it, and {@link #started} will say which one it is; else somebody else
     *     starts it, and the first of our user that says id and token is it
     * @param mailbox for what its program and ours say to each other
     */
    public void expect(WorkerId worker, Token token, boolean child, Mailbox mailbox) {
        Bearer bearer = new Bearer(child);
        WorkerSession session =
                new WorkerSession(worker, token, bearer, audit, registry, pages, window, events, mailbox);
        if (sessions.putIfAbsent(worker, session) != null) {
            throw new IllegalStateException("worker " + worker + " is expected already");
        }
        datagrams.expect(worker);
        watch.wake();
    }

    /** From now on this process may use its token, or one that it starts; false if the worker is not known. */
    public boolean started(WorkerId worker, ProcessHandle process) {
        WorkerSession session = sessions.get(worker);
        if (session != null) {
            session.bearer().started(process);
        }
        return session != null;
    }

    /** The process has ended, or never started: its lanes end, its token is worth nothing any more. */
    public void exited(WorkerId worker) {
        WorkerSession session = sessions.remove(worker);
        if (session != null) {
            session.exited();
            datagrams.exited(worker);
            // What it said last is read to the end of file, which nobody sees while a grandchild has the socket.
            lastWords.add(session);
            loop.schedule(
                    () -> {
                        lastWords.remove(session);
                        session.hangUp();
                    },
                    LAST_WORDS_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    /** Takes back what the worker has not claimed and asks it to finish; false if it is not connected. */
    public boolean drain(WorkerId worker, Drain drain) {
        WorkerSession session = sessions.get(worker);
        if (session == null || !session.drain(drain)) {
            return false;
        }
        // A successor may wait for the UDP sockets of one that stands.
        loop.schedule(() -> datagrams.overdue(worker), LAST_DATAGRAMS_MILLIS, TimeUnit.MILLISECONDS);
        return true;
    }

    /** Nobody will come to this slot, for now at least: its UDP sockets go out of use. */
    public void vacate(int slot) {
        datagrams.vacate(slot);
    }

    /** The worker keeps its connections and gets no new ones, or gets them again; false if it is not known. */
    public boolean pause(WorkerId worker, boolean pause) {
        WorkerSession session = sessions.get(worker);
        if (session == null) {
            return false;
        }
        session.pause(pause);
        return true;
    }

    /** What is known of each worker now. */
    public Map<WorkerId, Presence> presence() {
        Map<WorkerId, Presence> all = new HashMap<>();
        sessions.forEach((worker, session) ->
                all.put(worker, new Presence(session.traffic(), session.isPaused(), session.stall())));
        return all;
    }

    /**
     * One worker, as its connection and its pages show it.
     *
     * @param traffic its connections
     * @param paused whether it was paused
     * @param stall who stands, null if all move
     */
    public record Presence(
            Traffic traffic, boolean paused, @Nullable Stall stall) {}

    /** Closes the socket for new connections, and removes it. */
    public void close() {
        if (channel != null) {
            channel.close();
        }
        watch.close();
        for (WorkerSession session : sessions.values()) {
            session.exited();
        }
        lastWords.addAll(sessions.values());
        sessions.clear();
        for (WorkerSession session : lastWords) {
            session.hangUp();
            // Now, and not when the channel tells of its end: the threads of messages are about to be closed.
            session.mailbox().ended("this master was closed");
        }
        lastWords.clear();
        audit.close();
        datagrams.close();
    }

    @Nullable
    WorkerSession session(WorkerId worker) {
        return sessions.get(worker);
    }

    /** The UDP sockets. On the master's loop. */
    public DatagramRegistry datagrams() {
        return datagrams;
    }

    Audit audit() {
        return audit;
    }

    Admission admission() {
        return admission;
    }

    boolean strangerEntered() {
        if (strangers >= admission.strangers()) {
            return false;
        }
        strangers++;
        return true;
    }

    void strangerLeft() {
        strangers--;
    }
}
