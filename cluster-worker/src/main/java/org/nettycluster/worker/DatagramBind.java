package org.nettycluster.worker;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.DatagramAnswer;
import org.nettycluster.protocol.DatagramHello;
import org.nettycluster.protocol.DatagramWord;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.FrameDecoder;
import org.nettycluster.protocol.FrameEncoder;
import org.nettycluster.protocol.ServerOption;

/**
 * One UDP socket of a worker: calls the master, gets the descriptor, and registers an {@link EpollDatagramChannel} made of
 * it. Then it keeps the connection for as long as the channel is open, and hears on it when it may read. All of that on
 * one loop of the program's group; owns the descriptor until the channel is made.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class DatagramBind extends ChannelInboundHandlerAdapter {
    private static final String DECODER = "answer-decoder";
    private static final String ENCODER = "hello-encoder";

    private final Datagrams owner;
    private final MasterLink link;
    private final Bootstrap bootstrap;
    private final EventLoop loop;
    private final InetSocketAddress address;
    private final int ordinal;
    private final Map<ServerOption, Integer> options;
    private final DatagramGate gate = new DatagramGate();
    private final CompletableFuture<DatagramChannel> result = new CompletableFuture<>();
    private volatile @Nullable InetSocketAddress bound;
    private @Nullable Channel connection;
    private @Nullable Channel socket;

    /**
     * @param bootstrap with a handler, of one loop; ours
     * @param address resolved
     */
    DatagramBind(
            Datagrams owner,
            MasterLink link,
            Bootstrap bootstrap,
            EventLoop loop,
            InetSocketAddress address,
            int ordinal,
            Map<ServerOption, Integer> options) {
        this.owner = owner;
        this.link = link;
        this.bootstrap = bootstrap;
        this.loop = loop;
        this.address = address;
        this.ordinal = ordinal;
        this.options = options;
    }

    /** Whether this is its address, as it was asked for or as it is bound. Any thread. */
    boolean isAt(InetSocketAddress other) {
        return other.getPort() != 0 && (other.equals(address) || other.equals(bound));
    }

    CompletableFuture<DatagramChannel> start() {
        ChannelFuture connect = new Bootstrap()
                .group(loop)
                .channel(EpollDomainSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(DECODER, new FrameDecoder(FrameCodec.MAX_FRAME))
                                .addLast(ENCODER, FrameEncoder.INSTANCE)
                                .addLast(DatagramBind.this);
                    }
                })
                .connect(new DomainSocketAddress(link.environment().socket().toString()));
        connect.addListener(done -> {
            if (!done.isSuccess()) {
                fail("the master can't be reached: " + done.cause().getMessage());
            }
        });
        return result;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        connection = ctx.channel();
        ctx.writeAndFlush(new DatagramHello(
                link.environment().worker(), link.environment().token(), address, ordinal, options));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof DatagramAnswer answer) {
            answered(ctx, answer);
        } else if (message instanceof FileDescriptor descriptor) {
            received(ctx, descriptor);
        } else if (message instanceof ByteBuf words && socket != null) {
            while (words.isReadable()) {
                DatagramWord.of(words.readByte()).ifPresent(this::heard);
            }
            words.release();
        } else {
            ReferenceCountUtil.release(message);
            ctx.close();
        }
    }

    private void answered(ChannelHandlerContext ctx, DatagramAnswer answer) {
        if (!answer.isBound()) {
            fail(answer.text());
            ctx.close();
            return;
        }
        bound = answer.address();
        // Before we ask for it: a read in the other mode would throw the descriptor away.
        ((EpollDomainSocketChannel) ctx.channel()).config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
        ctx.pipeline().remove(ENCODER);
        ctx.pipeline().remove(DECODER);
        say(DatagramWord.SEND);
    }

    private void received(ChannelHandlerContext ctx, FileDescriptor descriptor) {
        if (socket != null || result.isDone() || owner.isDraining()) {
            closeQuietly(descriptor);
            fail("the bind was given up");
            ctx.close();
            return;
        }
        ChannelFuture registered =
                bootstrap.channelFactory(() -> made(descriptor)).register();
        Channel channel = registered.channel();
        socket = channel;
        channel.closeFuture().addListener(closed -> {
            owner.ended(this, address, ordinal, options);
            if (owner.isDraining()) {
                ctx.close();
            } else {
                // The master hangs up when it has heard this; an end of ours could overtake it.
                say(DatagramWord.CLOSED);
            }
        });
        registered.addListener(done -> {
            if (!done.isSuccess()) {
                result.completeExceptionally(done.cause());
                say(DatagramWord.CLOSED);
                owner.ended(this, address, ordinal, options);
                return;
            }
            ((EpollDomainSocketChannel) ctx.channel()).config().setReadMode(DomainSocketReadMode.BYTES);
            // Not within this read, which goes on in the old mode.
            ctx.executor().execute(() -> taken((DatagramChannel) channel));
        });
    }

    /** In this order: whoever hears that we are ready may want us to go, and then what is queued must be ours to read. */
    private void taken(DatagramChannel channel) {
        say(DatagramWord.TAKEN);
        if (result.complete(channel)) {
            link.bound();
        } else {
            channel.close();
        }
    }

    private EpollDatagramChannel made(FileDescriptor descriptor) {
        EpollDatagramChannel channel;
        try {
            channel = new EpollDatagramChannel(descriptor.intValue());
        } catch (RuntimeException | Error e) {
            closeQuietly(descriptor);
            throw e;
        }
        channel.pipeline().addFirst(DatagramGate.NAME, gate);
        return channel;
    }

    private void heard(DatagramWord word) {
        switch (word) {
            case TURN -> gate.open();
            case LEAVE -> gate.readOut();
            case SEND, TAKEN, YIELDED, CLOSED -> {}
        }
    }

    /** Reads no more, unless it reads out already. Any thread. */
    void stop() {
        later(() -> {
            if (socket != null && gate.stop()) {
                say(DatagramWord.YIELDED);
            }
        });
    }

    /** Reads what is queued, and closes. Any thread. */
    void readOut() {
        later(() -> {
            if (socket != null) {
                gate.readOut();
            }
        });
    }

    /** What reads out closes by itself, soon. Any thread. */
    void close() {
        later(() -> {
            fail("the worker is closed");
            if (socket == null && connection != null) {
                connection.close();
            } else if (socket != null && !gate.readsOut()) {
                socket.close();
            }
        });
    }

    /**
     * Not before the loop has looked at its connections once more: the master tells a socket to leave before it tells the
     * worker to drain, but we hear that on another loop. A task that is scheduled from there might be due, and run, at once.
     */
    private void later(Runnable task) {
        try {
            loop.execute(() -> loop.schedule(task, 1, TimeUnit.MILLISECONDS));
        } catch (RejectedExecutionException e) {
            // The loop has ended, and its channels with it.
        }
    }

    private void say(DatagramWord word) {
        if (connection != null && connection.isActive()) {
            connection.writeAndFlush(connection.alloc().buffer(1).writeByte(word.code()));
        }
    }

    private static void closeQuietly(FileDescriptor descriptor) {
        try {
            descriptor.close();
        } catch (IOException e) {
            // close(2) has released it whatever it says.
        }
    }

    /** A dead master takes no datagram away that is queued, and its successor must be able to bind. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail("the master has closed the connection");
        if (socket != null && socket.isOpen()) {
            gate.readOut();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(String.valueOf(cause.getMessage()));
        ctx.close();
    }

    private void fail(String why) {
        result.completeExceptionally(Binds.refusal(address, why));
        if (socket == null) {
            owner.ended(this, address, ordinal, options);
        }
    }
}
