package org.nettycluster.worker;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.ClaimWord;
import org.nettycluster.protocol.ProtocolException;

/**
 * From a received file descriptor to a child in the server's pipeline. On the lane's loop; owns a descriptor from its
 * arrival until a channel does.
 */
final class Adoption {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Adoption.class);
    /** Compare every child's peer with its cell: costs a system call, for tests. */
    private static final boolean VERIFY_PEER = Boolean.getBoolean("org.nettycluster.verifyPeer");

    private static final long FIRST_LOOK_MILLIS = 5;
    private static final long LAST_LOOK_MILLIS = 1000;

    private final Lane lane;
    private final ClaimPage page;
    private final ClusterServerChannel server;
    private final byte[] address = new byte[ClaimPage.MAX_ADDRESS];
    private final Set<EventLoop> loops = new HashSet<>();
    private final Unclaimed unclaimed;
    private boolean verifyPeer = VERIFY_PEER;

    Adoption(Lane lane, ClusterServerChannel server) {
        this.lane = lane;
        this.page = lane.page();
        this.server = server;
        this.unclaimed = new Unclaimed(page.window(), server.eventLoop(), this::closedUnclaimed);
        loops.add(server.eventLoop());
    }

    /**
     * Delivers the connection, or closes it if it was revoked meanwhile.
     *
     * @return what is wrong with the lane, so that it must end; null if nothing is
     */
    @Nullable
    String received(long sequence, int number) throws IOException {
        long word = page.word(page.cellOf(sequence));
        if (word == ClaimWord.of(sequence, ClaimState.REVOKED)) {
            new FileDescriptor(number).close();
            settle(sequence);
            return null;
        }
        if (word != ClaimWord.of(sequence, ClaimState.OFFERED)
                && word != ClaimWord.of(sequence, ClaimState.OFFERED_AGAIN)) {
            new FileDescriptor(number).close();
            return "message " + sequence + " came with its cell in state " + ClaimWord.describe(word);
        }
        LinuxSocket socket;
        try {
            socket = LinuxSocket.newSocket(number);
        } catch (RuntimeException e) {
            new FileDescriptor(number).close();
            settle(sequence);
            return "message " + sequence + " carried no socket: " + e.getMessage();
        }
        @Nullable InetSocketAddress remote;
        try {
            int length = page.address(sequence, address, 0);
            boolean nameless = length == ClaimPage.NO_ADDRESS;
            if (nameless == server.peersHaveAddresses()) {
                throw new ProtocolException("offer " + sequence + " carries an address of " + length
                        + " bytes, which no " + "peer of " + server + " has");
            }
            remote = nameless ? null : NativeInetAddress.address(address, 0, length);
        } catch (ProtocolException e) {
            socket.close();
            return e.getMessage();
        }
        if (verifyPeer && remote != null) {
            // Null: the peer is gone, which its owner has to find out by itself.
            InetSocketAddress peer = socket.remoteAddress();
            if (peer != null && !peer.equals(remote)) {
                socket.close();
                return "message " + sequence + " carried the connection of " + peer + ", its cell says " + remote;
            }
        }
        deliver(sequence, socket, remote);
        return null;
    }

    /** Message {@code sequence} came without its file descriptor. */
    void lost(long sequence) {
        // The counts of both sides could differ from here on, if we misread what happened.
        verifyPeer = true;
        settle(sequence);
    }

    private void deliver(long sequence, LinuxSocket socket, @Nullable InetSocketAddress remote) throws IOException {
        Channel child;
        try {
            child = server.wrap(socket, remote);
        } catch (RuntimeException e) {
            boolean gone = remote != null && socket.remoteAddress() == null;
            socket.close();
            LOGGER.debug("{} could not wrap the connection of {}", server, remote, e);
            if (gone) {
                claimDead(sequence);
            } else {
                lane.wantNothingForAWhile();
                settle(sequence);
            }
            return;
        }
        ClaimGate gate = new ClaimGate(lane, sequence, child, !server.config().isAutoRead());
        server.begins(gate);
        child.closeFuture().addListener(gate);
        child.pipeline().addFirst(ClaimGate.NAME, gate);
        lane.delivered();
        server.deliver(child);
        if (hasLoop(child)) {
            served(child.eventLoop());
        }
        if (gate.claimed()) {
            return;
        }
        if (!child.isOpen()) {
            closedUnclaimed(gate);
        } else if (!hasLoop(child)) {
            watch(gate, FIRST_LOOK_MILLIS);
        } else {
            unclaimed.add(gate);
        }
    }

    private void served(EventLoop loop) {
        if (loops.add(loop)) {
            server.serves(page, loop);
        }
    }

    // An acceptor that registers later than in channelRead, or whose loops can't take an epoll channel: Netty tells us
    // of neither, and a forced close completes no future before registration.
    private void watch(ClaimGate gate, long millis) {
        Future<?> unused = server.eventLoop().schedule(() -> look(gate, millis), millis, TimeUnit.MILLISECONDS);
    }

    private void look(ClaimGate gate, long waited) {
        if (!gate.child().isOpen()) {
            closedUnclaimed(gate);
        } else if (!hasLoop(gate.child())) {
            watch(gate, Math.min(2 * waited, LAST_LOOK_MILLIS));
        } else {
            served(gate.child().eventLoop());
            unclaimed.add(gate);
        }
    }

    // Who has closed it? The application, which has then had it; or the failure to register it, and then another worker
    // can serve it. An acceptor adds its handler first, an application that wants nothing of a connection does not.
    private void closedUnclaimed(ClaimGate gate) {
        Channel child = gate.child();
        if (gate.claimed()) {
            return;
        }
        if (child.closeFuture().isDone()) {
            gate.neverRegistered();
            if (hasLoop(child) && child.eventLoop().isShuttingDown()) {
                server.fail("the event loop of its children has ended");
            }
        } else if (hasLoop(child) || child.pipeline().last() == gate) {
            gate.closedBeforeRegistration();
        } else {
            gate.neverRegistered();
            server.fail(EpollLoops.advice("child", "loop that takes no epoll channel"));
        }
    }

    private static boolean hasLoop(Channel child) {
        try {
            return child.eventLoop() != null;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private void claimDead(long sequence) {
        if (page.transition(sequence, ClaimState.OFFERED, ClaimState.CLAIMED)
                || page.transition(sequence, ClaimState.OFFERED_AGAIN, ClaimState.CLAIMED)) {
            page.countAdopted();
            page.countClosed();
            lane.ring();
        } else {
            settle(sequence);
        }
    }

    private void settle(long sequence) {
        ClaimGate.giveBack(page, sequence);
        lane.ring();
    }
}
