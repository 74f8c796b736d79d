package org.nettycluster.master;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.WorkerEnvironment;

/** The worker's end of a lane, worked by hand. What was received and not taken is closed with it. */
public final class FakeLane implements AutoCloseable {
    /** Shared with the master. */
    public final ClaimPage page;

    private final Channel channel;
    private final BlockingQueue<Offer> offers = new LinkedBlockingQueue<>();
    private final AtomicLong received = new AtomicLong();

    /** One received descriptor and its number in the lane. */
    public record Offer(long sequence, FileDescriptor fd) {}

    FakeLane(WorkerEnvironment role, Listening listening, LaneHello hello) throws Exception {
        page = ClaimPage.open(Path.of(listening.page()), listening.window());
        channel = new Bootstrap()
                .group(FakeWorker.LOOP)
                .channel(EpollDomainSocketChannel.class)
                .option(EpollChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS)
                .handler(new Receiver())
                .connect(new DomainSocketAddress(role.socket().toString()))
                .syncUninterruptibly()
                .channel();
        ByteBuf bytes = Unpooled.buffer();
        FrameCodec.write(hello, bytes);
        channel.writeAndFlush(bytes).syncUninterruptibly();
    }

    private final class Receiver extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            offers.add(new Offer(received.getAndIncrement(), (FileDescriptor) message));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    /** Says whether it wants connections, and rings. */
    public void wants(boolean wants) {
        page.wants(wants);
        ring();
    }

    /** One byte up the lane. */
    public void ring() {
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1]));
    }

    /** The next descriptor. */
    public Offer take() throws InterruptedException {
        Offer offer = offers.poll(10, TimeUnit.SECONDS);
        if (offer == null) {
            throw new AssertionError("no connection within 10 s");
        }
        return offer;
    }

    /** Whether a descriptor lies here. */
    public boolean hasOffer() {
        return !offers.isEmpty();
    }

    /** Claims it and rings; false if it was revoked. */
    public boolean claim(Offer offer) {
        boolean won = page.transition(offer.sequence(), ClaimState.OFFERED, ClaimState.CLAIMED)
                || page.transition(offer.sequence(), ClaimState.OFFERED_AGAIN, ClaimState.CLAIMED);
        if (won) {
            page.countAdopted();
        }
        ring();
        return won;
    }

    /** Refuses it and closes the descriptor. */
    public void refuse(Offer offer) throws IOException {
        page.transition(offer.sequence(), ClaimState.OFFERED, ClaimState.REFUSED);
        offer.fd().close();
        ring();
    }

    /** Takes the next connection, claims it, answers and closes it. */
    public void serve(String answer) throws Exception {
        Offer offer = take();
        if (!claim(offer)) {
            throw new AssertionError("offer " + offer.sequence() + " was revoked");
        }
        answer(offer, answer);
    }

    /** Serves as a worker does, until it is interrupted; what was revoked is given back. Holds the lock meanwhile. */
    void serveAll(String answer, Object lock) throws Exception {
        while (true) {
            Offer offer = offers.take();
            synchronized (lock) {
                if (claim(offer)) {
                    write(offer, answer);
                    // Another lane may hold a copy that was revoked: a close alone would not be seen.
                    new Socket(offer.fd().intValue()).shutdown();
                    offer.fd().close();
                    countClosed();
                } else {
                    offer.fd().close();
                    page.transition(offer.sequence(), ClaimState.REVOKED, ClaimState.RETURNED);
                    ring();
                }
            }
        }
    }

    private static void write(Offer offer, String answer) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(answer.length());
        bytes.put(answer.getBytes(StandardCharsets.US_ASCII)).flip();
        offer.fd().write(bytes, 0, bytes.limit());
    }

    /** Answers and closes. */
    public void answer(Offer offer, String answer) throws IOException {
        write(offer, answer);
        offer.fd().close();
        countClosed();
    }

    private void countClosed() {
        page.countClosed();
        if (page.takeEndBell()) {
            ring();
        }
    }

    /** Waits for the master to close the lane. */
    public void awaitClosed() {
        if (!channel.closeFuture().awaitUninterruptibly(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the master has not closed the lane within 10 s");
        }
    }

    /** Whether either side has closed it. */
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        for (Offer offer = offers.poll(); offer != null; offer = offers.poll()) {
            try {
                offer.fd().close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
