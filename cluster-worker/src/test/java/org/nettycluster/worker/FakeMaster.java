package org.nettycluster.worker;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.FrameDecoder;
import org.nettycluster.protocol.FrameEncoder;
import org.nettycluster.protocol.Hello;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenFailed;
import org.nettycluster.protocol.ListenUnix;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.MasterLoss;
import org.nettycluster.protocol.Readiness;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.TurnPage;
import org.nettycluster.protocol.Unrecognised;
import org.nettycluster.protocol.Welcome;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.WorkerId;

/**
 * Speaks the protocol and does nothing of its own: each offer, revocation and settlement is a line of the test. Every
 * Listen is answered with one TCP listener on loopback.
 */
final class FakeMaster implements AutoCloseable {
    static final int WINDOW = 4;

    /** The raw fd of a connection and the peer's address as accept gave it, its length first. */
    record Accepted(int fd, byte[] address) {}

    /** How a Listen is answered. */
    enum Answer {
        LISTENING,
        FAILED,
        NOTHING
    }

    private final Path directory = Files.createTempDirectory("ncluster-test");
    private final Token token = Token.random();
    private final EventLoopGroup loops = loops();
    private final LinuxSocket listening = LinuxSocket.newSocketStream();
    private final AtomicInteger listeners = new AtomicInteger();
    private final Map<Integer, Frame> listens = new ConcurrentHashMap<>();
    private final Map<Integer, ClaimPage> pages = new ConcurrentHashMap<>();
    private final ChannelGroup peers = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel server;

    final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
    final BlockingQueue<FakeLane> lanes = new LinkedBlockingQueue<>();
    volatile Answer answer = Answer.LISTENING;
    volatile boolean welcoming = true;
    /** Of connections, for shared listeners. */
    volatile int limit;

    volatile @Nullable TurnPage turns;
    volatile @Nullable Channel control;

    FakeMaster() throws IOException {
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listening.listen(128);
        server = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        peers.add(channel);
                        channel.pipeline().addLast(new FrameDecoder(1024), FrameEncoder.INSTANCE, new Peer());
                    }
                })
                .bind(new DomainSocketAddress(socket().toString()))
                .syncUninterruptibly()
                .channel();
    }

    @SuppressWarnings("deprecation") // The tests run on both lines of Netty.
    private static EventLoopGroup loops() {
        return new EpollEventLoopGroup(1);
    }

    Path socket() {
        return directory.resolve("master.sock");
    }

    WorkerEnvironment environment(Readiness readiness, MasterLoss loss, Duration drainTimeout) {
        WorkerEnvironment plain = environment();
        return new WorkerEnvironment(
                plain.socket(), plain.worker(), plain.token(), plain.masterPid(), readiness, loss, drainTimeout);
    }

    WorkerEnvironment environment() {
        return new WorkerEnvironment(
                socket(), new WorkerId(3, 2), token, ProcessHandle.current().pid());
    }

    InetSocketAddress address() {
        return listening.localAddress();
    }

    Accepted accept() throws IOException {
        byte[] address = new byte[25];
        int[] fd = {-1};
        Eventually.eventually("a client is accepted", () -> {
            try {
                fd[0] = listening.accept(address);
                return fd[0] >= 0;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        return new Accepted(fd[0], address);
    }

    FakeLane lane() throws InterruptedException {
        FakeLane lane = lanes.poll(10, TimeUnit.SECONDS);
        if (lane == null) {
            throw new AssertionError("no lane within 10 s");
        }
        return lane;
    }

    /** The next frame of this kind; others before it are skipped. */
    <F extends Frame> F next(Class<F> kind) throws InterruptedException {
        while (true) {
            Frame frame = frames.poll(10, TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("no " + kind.getSimpleName() + " within 10 s");
            }
            if (kind.isInstance(frame)) {
                return kind.cast(frame);
            }
        }
    }

    void say(Frame frame) {
        Channel to = control;
        if (to == null) {
            throw new AssertionError("no worker has connected");
        }
        to.writeAndFlush(frame).syncUninterruptibly();
    }

    Listening listening(Listen listen) throws IOException {
        int listener = listeners.incrementAndGet();
        Path file = directory.resolve("page-" + listener);
        pages.put(listener, ClaimPage.create(file, WINDOW));
        listens.put(listener, listen);
        return new Listening(
                listen.request(), listener, WINDOW, address(), file.toString(), listen.options(), share(listen));
    }

    private Listening.@Nullable Share share(Listen listen) throws IOException {
        if (listen.options().getOrDefault(ServerOption.SHARED, 0) == 0) {
            return null;
        }
        Path file = directory.resolve("turns-" + listeners.get());
        turns = TurnPage.create(file);
        turns.clear(0);
        return new Listening.Share(file.toString(), 0, limit);
    }

    /** The listening socket, down a lane of a shared listener. */
    void share(FakeLane lane) throws IOException {
        lane.send(listening.intValue());
    }

    /** For a path, at which the test listens. */
    Listening listening(ListenUnix listen) throws IOException {
        int listener = listeners.incrementAndGet();
        Path file = directory.resolve("page-" + listener);
        pages.put(listener, ClaimPage.create(file, WINDOW));
        listens.put(listener, listen);
        InetSocketAddress none = new InetSocketAddress("0.0.0.0", 0);
        return new Listening(listen.request(), listener, WINDOW, none, file.toString(), listen.options());
    }

    /** As a crash would: every connection ends, and nothing is said. */
    void die() {
        if (loops.isShuttingDown()) {
            return;
        }
        server.close().syncUninterruptibly();
        peers.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Override
    public void close() throws IOException {
        die();
        listening.close();
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    static void close(Accepted accepted) throws IOException {
        new FileDescriptor(accepted.fd()).close();
    }

    private final class Peer extends ChannelInboundHandlerAdapter {
        private @Nullable FakeLane lane;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
            if (message instanceof ByteBuf bells) {
                if (lane != null) {
                    lane.rings.addAndGet(bells.readableBytes());
                }
                ReferenceCountUtil.release(bells);
                return;
            }
            Frame frame = (Frame) message;
            frames.add(frame);
            if (frame instanceof Hello) {
                control = ctx.channel();
                if (welcoming) {
                    ctx.writeAndFlush(new Welcome(1));
                } else {
                    ctx.close();
                }
            } else if (frame instanceof Listen listen) {
                if (answer == Answer.LISTENING) {
                    ctx.writeAndFlush(listening(listen));
                } else if (answer == Answer.FAILED) {
                    ctx.writeAndFlush(
                            new ListenFailed(listen.request(), 98, "bind(..) failed: Address already in use"));
                }
            } else if (frame instanceof ListenUnix listen) {
                if (answer == Answer.LISTENING) {
                    ctx.writeAndFlush(listening(listen));
                } else if (answer == Answer.FAILED) {
                    // As a master does that is older than these frames.
                    ctx.writeAndFlush(new Unrecognised(ListenUnix.TYPE));
                }
            } else if (frame instanceof LaneHello hello) {
                lane = new FakeLane(
                        hello.listener(),
                        listens.get(hello.listener()),
                        pages.get(hello.listener()),
                        (EpollDomainSocketChannel) ctx.channel());
                ctx.pipeline().remove(FrameDecoder.class);
                lanes.add(lane);
            }
        }
    }
}
