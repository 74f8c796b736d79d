package org.nettycluster.worker;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.nettycluster.protocol.WorkerEnvironment;

/** A fake master, a real worker, and a server of it that echoes and keeps what it saw. */
final class WorkerFixture implements AutoCloseable {
    final FakeMaster master = new FakeMaster();
    final EventLoopGroup boss = epoll(1);
    final EventLoopGroup children = epoll(1);
    final BlockingQueue<SocketChannel> initialised = new LinkedBlockingQueue<>();
    final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    final ClusterWorker worker;

    WorkerFixture() throws IOException {
        this(FakeMaster::environment);
    }

    WorkerFixture(Function<FakeMaster, WorkerEnvironment> environment) throws IOException {
        worker = ClusterWorker.connect(environment.apply(master));
    }

    @SuppressWarnings("deprecation") // The tests run on both lines of Netty.
    static EventLoopGroup epoll(int threads) {
        return new EpollEventLoopGroup(threads);
    }

    ServerBootstrap bootstrap() {
        return bootstrap(boss, children);
    }

    ServerBootstrap bootstrap(EventLoopGroup forServer, EventLoopGroup forChildren) {
        return new ServerBootstrap()
                .group(forServer, forChildren)
                .channelFactory(worker.channelFactory())
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        initialised.add(channel);
                        channel.pipeline().addLast(new Echo());
                    }
                });
    }

    ClusterServerSocketChannel bind() {
        return bind(bootstrap());
    }

    ClusterServerSocketChannel bind(ServerBootstrap bootstrap) {
        return (ClusterServerSocketChannel)
                bootstrap.bind(loopback(0)).syncUninterruptibly().channel();
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress("127.0.0.1", port);
    }

    Client client() throws IOException {
        return new Client(master.address());
    }

    SocketChannel child() throws InterruptedException {
        SocketChannel child = initialised.poll(10, TimeUnit.SECONDS);
        if (child == null) {
            throw new AssertionError("no child within 10 s");
        }
        return child;
    }

    @Override
    public void close() throws IOException {
        worker.close();
        boss.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        children.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        master.close();
    }

    private final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (((ByteBuf) message).toString(StandardCharsets.UTF_8).equals("bye")) {
                ((ByteBuf) message).release();
                ctx.close();
            } else {
                ctx.writeAndFlush(message);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            events.add(event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    /** A blocking client, on the test's thread. */
    static final class Client implements AutoCloseable {
        final Socket socket = new Socket();

        Client(InetSocketAddress address) throws IOException {
            socket.setSoTimeout(10_000);
            socket.connect(address, 10_000);
        }

        String echo(String text) throws IOException {
            say(text);
            byte[] answer = socket.getInputStream().readNBytes(text.length());
            return new String(answer, StandardCharsets.UTF_8);
        }

        void say(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        }

        /** -1 after a FIN; an exception after a RST. */
        int read() throws IOException {
            return socket.getInputStream().read();
        }

        InetSocketAddress address() {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    static void await(Channel closed) {
        if (!closed.closeFuture().awaitUninterruptibly(10, TimeUnit.SECONDS)) {
            throw new AssertionError(closed + " is not closed within 10 s");
        }
    }
}
