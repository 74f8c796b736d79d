package org.nettycluster.worker;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.ClaimWord;
import org.nettycluster.protocol.Frame;

/** The master's end of a lane, worked by hand: offers, revokes, settles when the test says so. On the test's thread. */
final class FakeLane {
    final Frame listen;
    final ClaimPage page;
    final int listener;
    final AtomicInteger rings = new AtomicInteger();

    private final EpollDomainSocketChannel channel;
    private final Map<Long, FakeMaster.Accepted> offered = new HashMap<>();
    private long next;

    FakeLane(int listener, Frame listen, ClaimPage page, EpollDomainSocketChannel channel) {
        this.listener = listener;
        this.listen = listen;
        this.page = page;
        this.channel = channel;
    }

    long offer(FakeMaster.Accepted accepted) throws IOException {
        return offer(accepted, ClaimState.OFFERED);
    }

    /** Marks the cell and sends the fd; the dup stays here until {@link #settle}. */
    long offer(FakeMaster.Accepted accepted, ClaimState state) throws IOException {
        long sequence = mark(accepted, state);
        send(accepted);
        return sequence;
    }

    long mark(FakeMaster.Accepted accepted, ClaimState state) {
        long sequence = next++;
        offered.put(sequence, accepted);
        page.offer(sequence, state, accepted.address(), 1, accepted.address()[0]);
        return sequence;
    }

    void send(FakeMaster.Accepted accepted) throws IOException {
        if (((Socket) channel.fd()).sendFd(accepted.fd()) != 1) {
            throw new IOException("the lane's pipe is full");
        }
    }

    /** This descriptor, which stays its owner's. */
    void send(int fd) throws IOException {
        send(new FakeMaster.Accepted(fd, new byte[0]));
    }

    boolean revoke(long sequence) {
        return page.transition(sequence, ClaimState.OFFERED, ClaimState.REVOKED)
                || page.transition(sequence, ClaimState.OFFERED_AGAIN, ClaimState.REVOKED);
    }

    boolean is(long sequence, ClaimState state) {
        return page.word(page.cellOf(sequence)) == ClaimWord.of(sequence, state);
    }

    void await(long sequence, ClaimState state) {
        Eventually.eventually("cell " + sequence + " is " + state, () -> is(sequence, state));
    }

    /** The master's sweep has seen CLAIMED. */
    void settle(long sequence) throws IOException {
        page.settled(sequence);
        closeDup(sequence);
    }

    void closeDup(long sequence) throws IOException {
        FakeMaster.Accepted accepted = offered.remove(sequence);
        if (accepted != null) {
            new FileDescriptor(accepted.fd()).close();
        }
    }

    /** A ring after this one was read. */
    void awaitRingAfter(int count) {
        Eventually.eventually("the bell rings", () -> rings.get() > count);
    }

    Channel channel() {
        return channel;
    }

    void close() throws IOException {
        for (long sequence : offered.keySet().toArray(Long[]::new)) {
            closeDup(sequence);
        }
        channel.close().syncUninterruptibly();
    }
}
