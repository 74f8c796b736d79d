package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Drained;
import org.nettycluster.worker.drain.Http1DrainHandler;
import org.nettycluster.worker.drain.Http2DrainHandler;
import org.nettycluster.worker.drain.WebSocketDrainHandler;

/** The ready-made handlers in a worker that is told to drain, over sockets. */
@Timeout(60)
final class DrainHandlersTest {
    private static final long LONG = 60_000;
    private static final int LARGE = 8_000_000;
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private WorkerFixture fixture;
    private FakeLane lane;

    @BeforeEach
    void start() throws IOException {
        fixture = new WorkerFixture();
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    @Test
    void idleHttp1ConnectionGetsOneMoreAnswerWhichSaysClose() throws Exception {
        serve(this::http1);
        try (WorkerFixture.Client client = fixture.client()) {
            SocketChannel child = adopt();
            client.say(GET);
            assertThat(head(client)).doesNotContain("connection: close");
            drain(child, LONG);
            client.say(GET);
            assertThat(head(client)).contains("connection: close");
            assertThat(client.read()).isEqualTo(-1);
        }
        assertThat(fixture.master.next(Drained.class).forced()).isZero();
    }

    @Test
    void idleHttp1ConnectionIsClosedAfterTheIdleTime() throws Exception {
        serve(this::http1);
        try (WorkerFixture.Client client = fixture.client()) {
            SocketChannel child = adopt();
            client.say(GET);
            head(client);
            drain(child, 50);
            assertThat(client.read()).isEqualTo(-1);
        }
        assertThat(fixture.master.next(Drained.class).forced()).isZero();
    }

    @Test
    void requestThatArrivesInPiecesIsNoIdleConnection() throws Exception {
        serve(this::http1);
        try (WorkerFixture.Client client = fixture.client()) {
            SocketChannel child = adopt();
            drain(child, 1000);
            for (byte one : GET.getBytes(StandardCharsets.US_ASCII)) {
                client.socket.getOutputStream().write(one);
                TimeUnit.MILLISECONDS.sleep(60);
            }
            assertThat(head(client)).contains("connection: close");
        }
    }

    @Test
    void lastHttp1AnswerArrivesAsAWholeThoughTheClientGoesOnSending() throws Exception {
        serve(channel -> {
            channel.pipeline().addLast(new HttpServerCodec(), new Http1DrainHandler(), new Http1(LARGE));
        });
        try (WorkerFixture.Client client = fixture.client()) {
            SocketChannel child = adopt();
            drain(child, LONG);
            client.say(GET);
            InputStream in = new BufferedInputStream(client.socket.getInputStream());
            while (in.read() != '\n') {}
            int read = 0;
            byte[] buffer = new byte[65536];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                read += n;
                client.say(GET);
            }
            assertThat(read).isGreaterThan(LARGE);
        }
        assertThat(fixture.master.next(Drained.class).forced()).isZero();
    }

    @Test
    void runningHttp2StreamEndsBehindTwoGoAways() throws Exception {
        CompletableFuture<Http2FrameStream> running = new CompletableFuture<>();
        CompletableFuture<ChannelHandlerContext> serverSide = new CompletableFuture<>();
        serve(channel -> channel.pipeline()
                .addLast(
                        Http2FrameCodecBuilder.forServer().build(),
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext ctx, Object message) {
                                if (message instanceof Http2HeadersFrame request) {
                                    serverSide.complete(ctx);
                                    running.complete(request.stream());
                                }
                                ReferenceCountUtil.release(message);
                            }
                        },
                        new Http2DrainHandler()));
        EventLoopGroup loops = WorkerFixture.epoll(1);
        try {
            Http2Client client = new Http2Client(loops);
            SocketChannel child = adopt();
            client.request();
            Http2FrameStream stream = running.get(10, TimeUnit.SECONDS);
            drain(child, LONG);
            assertThat(client.seen.poll(10, TimeUnit.SECONDS)).isEqualTo("goaway " + Integer.MAX_VALUE);
            assertThat(client.seen.poll(10, TimeUnit.SECONDS)).isEqualTo("goaway 3");
            assertThat(client.channel.isActive()).isTrue();
            serverSide
                    .join()
                    .writeAndFlush(
                            new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("204"), true).stream(stream));
            assertThat(client.seen.poll(10, TimeUnit.SECONDS)).isEqualTo("204");
            WorkerFixture.await(client.channel);
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        }
        assertThat(fixture.master.next(Drained.class).forced()).isZero();
    }

    @Test
    void webSocketIsToldThatTheServerGoesAway() throws Exception {
        serve(channel -> channel.pipeline()
                .addLast(
                        new HttpServerCodec(),
                        new Http1DrainHandler(),
                        new HttpObjectAggregator(1000),
                        new WebSocketServerProtocolHandler("/chat"),
                        new WebSocketDrainHandler(),
                        new SimpleChannelInboundHandler<TextWebSocketFrame>() {
                            @Override
                            protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
                                ctx.writeAndFlush(frame.retain());
                            }
                        }));
        CompletableFuture<String> echo = new CompletableFuture<>();
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        CompletableFuture<WebSocket> opening = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + fixture.master.address().getPort() + "/chat"),
                        new WebSocket.Listener() {
                            @Override
                            public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                                echo.complete(text.toString());
                                return WebSocket.Listener.super.onText(socket, text, last);
                            }

                            @Override
                            public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
                                closed.complete(status);
                                return WebSocket.Listener.super.onClose(socket, status, reason);
                            }
                        });
        SocketChannel child = adopt();
        opening.get(10, TimeUnit.SECONDS).sendText("hello", true);
        assertThat(echo.get(10, TimeUnit.SECONDS)).isEqualTo("hello");
        drain(child, LONG);
        assertThat(closed.get(10, TimeUnit.SECONDS)).isEqualTo(1001);
        assertThat(fixture.master.next(Drained.class).forced()).isZero();
    }

    private interface Speaks {
        void addTo(SocketChannel channel);
    }

    private void http1(SocketChannel channel) {
        channel.pipeline().addLast(new HttpServerCodec(), new Http1DrainHandler(), new Http1(2));
    }

    private void serve(Speaks protocol) throws InterruptedException {
        fixture.bind(fixture.bootstrap().childHandler(new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                fixture.initialised.add(channel);
                protocol.addTo(channel);
            }
        }));
        lane = fixture.master.lane();
    }

    private SocketChannel adopt() throws Exception {
        long sequence = lane.offer(fixture.master.accept());
        lane.await(sequence, ClaimState.CLAIMED);
        lane.settle(sequence);
        return fixture.child();
    }

    private void drain(SocketChannel child, long idleMillis) {
        fixture.master.say(new Drain(LONG, idleMillis));
        Eventually.eventually(
                "the child is told", () -> ClusterDraining.of(child).isPresent());
    }

    /** Reads one answer; its head. */
    private static String head(WorkerFixture.Client client) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int one = client.read();
            if (one < 0) {
                throw new AssertionError("the connection has ended behind: " + head);
            }
            head.append((char) one);
        }
        client.socket.getInputStream().readNBytes(2);
        return head.toString();
    }

    private static final class Http1 extends SimpleChannelInboundHandler<HttpRequest> {
        private final int length;

        Http1(int length) {
            this.length = length;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, HttpRequest request) {
            DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(new byte[length]));
            HttpUtil.setContentLength(response, length);
            ctx.writeAndFlush(response);
        }
    }

    private final class Http2Client {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        final Http2ConnectionHandler codec = new Http2ConnectionHandlerBuilder()
                .server(false)
                .frameListener(new Http2EventAdapter() {
                    @Override
                    public void onGoAwayRead(ChannelHandlerContext ctx, int last, long error, ByteBuf data) {
                        seen.add("goaway " + last);
                    }

                    @Override
                    public void onHeadersRead(
                            ChannelHandlerContext ctx,
                            int stream,
                            Http2Headers headers,
                            int dependency,
                            short weight,
                            boolean exclusive,
                            int padding,
                            boolean end) {
                        seen.add(headers.status().toString());
                    }
                })
                .build();
        final Channel channel;

        Http2Client(EventLoopGroup loops) {
            channel = new Bootstrap()
                    .group(loops)
                    .channel(EpollSocketChannel.class)
                    .handler(codec)
                    .connect(fixture.master.address())
                    .syncUninterruptibly()
                    .channel();
        }

        void request() {
            ChannelHandlerContext ctx = channel.pipeline().context(codec);
            Http2Headers headers = new DefaultHttp2Headers()
                    .method("GET")
                    .path("/")
                    .scheme("http")
                    .authority("a");
            channel.eventLoop().execute(() -> {
                int stream = codec.connection().local().incrementAndGetNextStreamId();
                codec.encoder().writeHeaders(ctx, stream, headers, 0, true, ctx.newPromise());
                ctx.flush();
            });
        }
    }
}
