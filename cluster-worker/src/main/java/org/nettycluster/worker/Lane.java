package org.nettycluster.worker;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.WorkerEnvironment;

/**
 * The socket on which a listener's connections arrive: counts messages, hands each to {@link Adoption}, and tells the
 * master whether more are wanted.
 *
 * <p>Everything on the server channel's own event loop, which is also the lane's. Owns the socket and this worker's
 * mapping of the claim page, which lives until it is collected.
 *
 * <p>Received file descriptors are not close-on-exec (Netty sets no MSG_CMSG_CLOEXEC): a native library that forks
 * without closing them keeps connections open. The JDK's own {@code Process} closes them.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class Lane extends ChannelInboundHandlerAdapter implements Intake, LaneOpening.Outcome {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Lane.class);
    /** How long the master is asked to pass us over after a file descriptor was lost. */
    private static final long PAUSE_MILLIS = 100;

    private static final int EINVAL = 22;
    private static final int EMSGSIZE = 90;
    private static final int ECONNRESET = 104;

    private final ClusterServerChannel server;
    private final ClaimPage page;
    private final LaneHello hello;
    private final EventLoop loop;
    private final Adoption adoption;
    private final Doorbell doorbell;
    private final DescriptorWatch descriptors;

    private @Nullable EpollDomainSocketChannel channel;
    private long next;
    private int delivered;
    private boolean insideRead;
    private boolean wants;
    private boolean reading;
    private boolean paused;
    private boolean closing;

    Lane(ClusterServerChannel server, ClaimPage page, LaneHello hello) {
        this.server = server;
        this.page = page;
        this.hello = hello;
        this.loop = server.eventLoop();
        this.doorbell = new Doorbell(loop);
        this.descriptors = new DescriptorWatch(server, loop, DescriptorReserve.ofThisProcess(), this::publishWants);
        this.adoption = new Adoption(this, server);
    }

    @Override
    public void open(WorkerEnvironment environment) {
        channel = LaneOpening.start(server, environment, hello, this, this);
    }

    @Override
    public boolean isWanted() {
        return !closing;
    }

    @Override
    public void opened(EpollDomainSocketChannel lane) {
        doorbell.connect(lane);
        server.laneOpened();
    }

    @Override
    public void failed(String reason) {
        end(reason);
    }

    @Override
    public ClaimPage page() {
        return page;
    }

    @Override
    public void resume(boolean auto) {
        EpollDomainSocketChannel lane = channel;
        if (closing || lane == null || !doorbell.isConnected()) {
            return;
        }
        reading = true;
        publishWants();
        if (lane.config().isAutoRead() != auto) {
            lane.config().setAutoRead(auto);
        }
        if (!auto) {
            lane.read();
        }
    }

    /** The server channel does not read; what lies in the pipe stays there, for the master to take back. */
    @Override
    public void pause() {
        reading = false;
        publishWants();
        if (channel != null) {
            channel.config().setAutoRead(false);
        }
    }

    /** Wakes the master after a transition. Any thread. */
    void ring() {
        doorbell.ring();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
        insideRead = true;
        long sequence = next++;
        FileDescriptor received = (FileDescriptor) message;
        if (closing) {
            received.close();
            return;
        }
        int number = received.intValue();
        String wrong = adoption.received(sequence, number);
        if (wrong != null) {
            end(wrong);
        } else {
            descriptors.received(number);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        insideRead = false;
        batchEnds();
        if (!closing && reading && !server.config().isAutoRead()) {
            if (server.readIsPending()) {
                ctx.read();
            } else {
                pause();
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (isLostMessage(cause)) {
            messageLost(cause);
        } else if (cause instanceof NativeIoException failure && failure.expectedErr() == -ECONNRESET) {
            // An end of file, from a master that left some of our bells unread.
            end(null);
        } else {
            end("it failed: " + cause);
        }
    }

    /** A message came without its file descriptor: one of this process's limits is reached. */
    void messageLost(Throwable cause) {
        long sequence = next++;
        if (!paused) {
            LOGGER.warn(
                    "{} lost a connection on its way here, the master offers it elsewhere: is the limit of open "
                            + "files (ulimit -n) reached? {}",
                    server,
                    cause.getMessage());
        }
        wantNothingForAWhile();
        adoption.lost(sequence);
    }

    /** Before a refusal: the master shall not offer the same connection here at once. */
    void wantNothingForAWhile() {
        paused = true;
        publishWants();
        loop.schedule(this::unpause, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        insideRead = false;
        batchEnds();
        if (!closing) {
            end(null);
        }
    }

    /** Closes it for good. What was received and is not claimed yet is decided by its cell. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        pause();
        closing = true;
        EpollDomainSocketChannel lane = channel;
        if (lane == null) {
            return;
        }
        if (insideRead) {
            // Netty would go on to read from a number that may be another socket's by then.
            loop.execute(lane::close);
        } else {
            lane.close();
        }
    }

    /** A child was delivered into the server's pipeline. */
    void delivered() {
        delivered++;
    }

    /**
     * What answered a {@code read()} was taken back before it was claimed, so that the application has nothing of it:
     * the master does this to all that is unclaimed when a lane stops wanting, as one does after each such read. Any
     * thread.
     */
    void readAgain() {
        if (!loop.isShuttingDown()) {
            loop.execute(server::readAgain);
        }
    }

    void ended(ClaimGate gate) {
        server.ended(gate);
    }

    @Nullable
    ClusterDraining drainNotice() {
        return server.drainNotice();
    }

    @Override
    public boolean isClosing() {
        return closing;
    }

    @Override
    public String toString() {
        return "lane of " + server;
    }

    // recvFd has consumed the message in these cases, and in no other: control data cut short, or more than one fd.
    static boolean isLostMessage(Throwable cause) {
        return cause instanceof NativeIoException failure
                && (failure.expectedErr() == -EMSGSIZE || failure.expectedErr() == -EINVAL);
    }

    private void end(@Nullable String reason) {
        if (!closing) {
            close();
            server.laneEnded(reason);
        }
    }

    private void unpause() {
        paused = false;
        publishWants();
    }

    private void publishWants() {
        boolean now = reading && !paused && !descriptors.areShort() && !closing;
        if (now != wants) {
            wants = now;
            page.wants(now);
            ring();
        }
    }

    private void batchEnds() {
        if (delivered > 0) {
            delivered = 0;
            server.pipeline().fireChannelReadComplete();
        }
    }
}
