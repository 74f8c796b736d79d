package org.nettycluster.master.control;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.accept.ListenerRegistry;
import org.nettycluster.master.accept.Reception;
import org.nettycluster.master.dispatch.Cells;
import org.nettycluster.master.dispatch.Lane;
import org.nettycluster.master.handoff.LaneLink;
import org.nettycluster.master.handoff.PageStore;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenUnix;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.WorkerId;
import org.nettycluster.protocol.messages.Mailbox;

/**
 * What the master keeps for one worker process: its control connection, the pages it was promised and the lanes it has
 * opened. On the master's loop, from the moment the process is about to be started until it has exited.
 */
final class WorkerSession {
    private final WorkerId worker;
    private final Token token;
    private final Bearer bearer;
    private final Audit audit;
    private final ListenerRegistry registry;
    private final ListenDesk desk;
    private final ControlEvents events;
    private final Mailbox mailbox;
    private final LanePromises promises = new LanePromises();
    private final List<OpenLane> lanes = new ArrayList<>();
    private @Nullable Channel control;
    private Audit.Peer peer = new Audit.Peer(-1, -1);
    private boolean connectedOnce;
    private final PageLedger ledger = new PageLedger();
    private boolean draining;
    private boolean paused;
    private boolean ended;
    private @Nullable Stall stall;

    WorkerSession(
            WorkerId worker,
            Token token,
            Bearer bearer,
            Audit audit,
            ListenerRegistry registry,
            PageStore pages,
            int window,
            ControlEvents events,
            Mailbox mailbox) {
        this.worker = worker;
        this.token = token;
        this.bearer = bearer;
        this.audit = audit;
        this.registry = registry;
        this.desk = new ListenDesk(worker, audit, registry, pages, window);
        this.events = events;
        this.mailbox = mailbox;
    }

    private record OpenLane(Reception listener, Lane lane, LaneLink link, ClaimPage page) {}

    boolean admits(Token claimed) {
        return token.equals(claimed);
    }

    Bearer bearer() {
        return bearer;
    }

    /** Whether a control connection was made with this token: a second one is refused. */
    boolean connectedOnce() {
        return connectedOnce;
    }

    void connected(Channel channel, Audit.Peer who) {
        connectedOnce = true;
        control = channel;
        peer = who;
        bearer.speaks(who.pid());
        events.online(worker, who.pid());
        mailbox.connected(channel);
    }

    /** What its program and ours say to each other. */
    Mailbox mailbox() {
        return mailbox;
    }

    /** The control connection has ended. Lanes end by themselves: the worker may still serve what it has received. */
    void disconnected() {
        control = null;
        mailbox.ended("its control connection has ended");
        promises.withdrawAll();
        events.disconnected(worker);
    }

    void listen(Listen listen) {
        answer(desk.answer(listen, peer, draining));
    }

    void listen(ListenUnix listen) {
        answer(desk.answer(listen, peer, draining));
    }

    private void answer(ListenDesk.Answer answer) {
        if (answer.promise() != null) {
            promises.make(answer.promise());
        }
        reply(answer.frame());
    }

    void unlisten(int number) {
        promises.withdraw(number);
        // The lanes first: what they give back must find another lane, or be closed with the listener.
        for (OpenLane lane : List.copyOf(lanes)) {
            if (lane.listener.number() == number) {
                end(lane);
            }
        }
        registry.leave(worker, number);
    }

    /** Whether this lane's hello has come when the worker had left its listener already, or was told to drain. */
    boolean isLate(LaneHello hello) {
        return promises.isLate(hello.request());
    }

    /**
     * A lane's hello has arrived.
     *
     * @return the handler for everything that follows on this connection, or null if it was not promised
     */
    @Nullable
    LaneLink openLane(EpollDomainSocketChannel channel, LaneHello hello) {
        Reception listener = registry.memberOf(worker, hello.listener());
        if (listener == null || draining) {
            // Drain has overtaken it: nobody would close this lane.
            promises.withdraw(hello.listener());
        }
        ListenDesk.Promise promise = promises.take(hello.listener(), hello.request());
        if (promise == null || listener == null) {
            return null;
        }
        PageStore.StoredPage page = promise.page();
        page.unlink();
        LaneOfChannel events = new LaneOfChannel(listener);
        LaneLink link = new LaneLink(worker, peer.pid(), channel, events);
        Lane lane = new Lane(worker, Cells.of(page.page(), listener.isShared()), link);
        lane.limit(promise.limit());
        lane.pause(paused);
        OpenLane open = new OpenLane(listener, lane, link, page.page());
        ledger.opened(page.page());
        events.open = open;
        lanes.add(open);
        listener.laneOpened(lane);
        this.events.listening(worker, listener.address());
        return link;
    }

    private final class LaneOfChannel implements LaneLink.LaneEvents {
        private final Reception listener;
        private @Nullable OpenLane open;

        LaneOfChannel(Reception listener) {
            this.listener = listener;
        }

        @Override
        public void rang() {
            listener.rang();
        }

        @Override
        public void broke(String how) {
            audit.refused(
                    peer,
                    Audit.Offence.BROKEN_PAGE,
                    how,
                    "a worker moves each cell as the protocol says",
                    "closed its lane, and offered what it had not claimed to others");
        }

        @Override
        public void ended() {
            if (open != null) {
                end(open);
            }
        }
    }

    /** Revokes what is unclaimed, then asks the worker to finish. False if there is nobody to ask. */
    boolean drain(Drain drain) {
        draining = true;
        for (OpenLane lane : lanes) {
            lane.listener.laneEnded(lane.lane);
        }
        registry.workerDrains(worker);
        if (control == null) {
            return false;
        }
        reply(drain);
        return true;
    }

    /** While paused, it keeps what it has claimed and gets nothing more. */
    void pause(boolean pause) {
        paused = pause;
        for (OpenLane each : lanes) {
            each.lane.pause(pause);
            each.listener.rang();
        }
    }

    boolean isDraining() {
        return draining;
    }

    boolean isPaused() {
        return paused;
    }

    Traffic traffic() {
        return ledger.traffic();
    }

    @Nullable
    Stall stall() {
        return stall;
    }

    /** A worker that drains gets nothing anyway, and its lanes' pages may be forgotten already. */
    void lookForStall(long now, Duration limit) {
        Stall before = stall;
        stall = draining ? null : ledger.stall(now, limit);
        if ((stall == null) == (before == null)) {
            return;
        }
        for (OpenLane each : lanes) {
            each.lane.stall(stall != null);
            each.listener.rang();
        }
        if (stall != null) {
            events.stalled(worker, stall);
        } else {
            events.recovered(worker);
        }
    }

    /** The process is gone. Its sockets may live on in a grandchild, so the lanes are ended here. */
    void exited() {
        ended = true;
        bearer.goOn();
        for (OpenLane lane : List.copyOf(lanes)) {
            end(lane);
        }
        ledger.exited();
        promises.withdrawAll();
        registry.workerExited(worker);
        if (control == null) {
            mailbox.ended("its process has ended");
        }
    }

    /** Whether its process is gone: of what may still lie in its connection only messages mean anything. */
    boolean hasEnded() {
        return ended;
    }

    void hangUp() {
        if (control != null) {
            control.close();
        }
    }

    void reply(Frame frame) {
        if (control != null) {
            control.writeAndFlush(frame, control.voidPromise());
        }
    }

    private void end(OpenLane lane) {
        if (lanes.remove(lane)) {
            ledger.closed(lane.page);
            lane.listener.laneEnded(lane.lane);
            lane.link.close();
        }
    }
}
