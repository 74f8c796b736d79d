package org.nettycluster.master;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.FrameDecoder;
import org.nettycluster.protocol.Hello;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenFailed;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.Welcome;
import org.nettycluster.protocol.WorkerEnvironment;

/** The worker's end of a control connection, worked by hand: says what the test wants, when it wants. */
public final class FakeWorker implements AutoCloseable {
    static final EventLoopGroup LOOP = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("fake-worker", true), EpollIoHandler.newFactory());

    /** What the master has said and {@link #next} has not yet looked at. */
    public final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();

    private final WorkerEnvironment role;
    private final Channel control;
    private int requests;

    private FakeWorker(WorkerEnvironment role) {
        this.role = role;
        control = new Bootstrap()
                .group(LOOP)
                .channel(EpollDomainSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new FrameDecoder(FrameCodec.MAX_FRAME), new Reader());
                    }
                })
                .connect(new DomainSocketAddress(role.socket().toString()))
                .syncUninterruptibly()
                .channel();
    }

    /** Connected, and silent. */
    public static FakeWorker silent(WorkerEnvironment role) {
        return new FakeWorker(role);
    }

    /** Connected and welcome. */
    public static FakeWorker online(WorkerEnvironment role) throws InterruptedException {
        FakeWorker worker = new FakeWorker(role);
        worker.say(worker.hello());
        worker.next(Welcome.class);
        return worker;
    }

    private final class Reader extends SimpleChannelInboundHandler<Frame> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
            frames.add(frame);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // The master has closed on us, which is what the test looks at.
            ctx.close();
        }
    }

    /** What its environment says. */
    public WorkerEnvironment role() {
        return role;
    }

    /** The hello that this worker's environment entitles it to. */
    public Hello hello() {
        return new Hello(
                1, 1, role.worker(), role.token(), ProcessHandle.current().pid());
    }

    /** The same with a token of its own invention. */
    public Hello forgedHello() {
        return new Hello(1, 1, role.worker(), Token.random(), 1);
    }

    /** All of it in one write. */
    public void say(Frame... all) {
        ByteBuf bytes = Unpooled.buffer();
        for (Frame frame : all) {
            FrameCodec.write(frame, bytes);
        }
        say(bytes);
    }

    /** Whatever it is. */
    public void say(ByteBuf bytes) {
        control.writeAndFlush(bytes);
    }

    /** Says this, and returns when the socket has taken all of it. */
    public void sayAll(ByteBuf bytes) {
        control.writeAndFlush(bytes).syncUninterruptibly();
    }

    /** What the master says next, which must be of this kind. */
    public <F extends Frame> F next(Class<F> kind) throws InterruptedException {
        Frame frame = frames.poll(10, TimeUnit.SECONDS);
        if (!kind.isInstance(frame)) {
            throw new AssertionError("expected " + kind.getSimpleName() + ", heard " + frame);
        }
        return kind.cast(frame);
    }

    /** A Listen of this worker; the request's number is a fresh one. */
    public Listen ask(InetSocketAddress address, int ordinal) {
        return new Listen(++requests, ordinal, address, Map.of());
    }

    /** Asks for this address and gets it. */
    public Listening listen(InetSocketAddress address) throws InterruptedException {
        return listen(ask(address, 0));
    }

    /** Asks, and gets it. */
    public Listening listen(Listen listen) throws InterruptedException {
        say(listen);
        Listening answer = next(Listening.class);
        if (answer.request() != listen.request()) {
            throw new AssertionError(answer + " answers " + listen);
        }
        return answer;
    }

    /** Asks, and does not get it. */
    public ListenFailed listenInVain(Listen listen) throws InterruptedException {
        say(listen);
        ListenFailed answer = next(ListenFailed.class);
        if (answer.request() != listen.request()) {
            throw new AssertionError(answer + " answers " + listen);
        }
        return answer;
    }

    /** Opens the lane that was promised, wanting connections. */
    public FakeLane lane(Listening listening) throws Exception {
        FakeLane lane = new FakeLane(role, listening, laneHello(listening));
        lane.wants(true);
        return lane;
    }

    /** The same by a hello that names the listener only. */
    public FakeLane laneOfAnEarlierVersion(Listening listening) throws Exception {
        return new FakeLane(role, listening, laneHello(listening.listener()));
    }

    /** The hello of the lane that was promised. */
    public LaneHello laneHello(Listening listening) {
        return new LaneHello(role.worker(), role.token(), listening.listener(), listening.request());
    }

    /** One that says no bind, as a worker of an earlier version. */
    public LaneHello laneHello(int listener) {
        return new LaneHello(role.worker(), role.token(), listener, LaneHello.NO_REQUEST);
    }

    /** Whether the master has closed the connection, or we have. */
    public boolean isClosed() {
        return !control.isOpen();
    }

    /** Waits for the master to close the connection. */
    public void awaitClosed() {
        if (!control.closeFuture().awaitUninterruptibly(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the master has not closed " + control + " within 10 s");
        }
    }

    /** Reads nothing any more, or again. */
    public void reads(boolean reads) {
        control.config().setAutoRead(reads);
    }

    @Override
    public void close() {
        control.close().syncUninterruptibly();
    }
}
