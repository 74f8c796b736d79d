package org.nettycluster.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.HttpToHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.InboundHttp2ToHttpAdapterBuilder;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nettycluster.worker.ClusterDraining;

/** Two channels in memory, bytes carried by hand. */
class Http2DrainHandlerTest {
    private final List<Http2FrameStream> running = new ArrayList<>();
    private final List<Integer> goAways = new ArrayList<>();
    private final Http2ConnectionHandler clientCodec = new Http2ConnectionHandlerBuilder()
            .server(false)
            .frameListener(new Http2EventAdapter() {
                @Override
                public void onGoAwayRead(
                        ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData) {
                    goAways.add(lastStreamId);
                }
            })
            .build();
    private final EmbeddedChannel client = new EmbeddedChannel(clientCodec);
    private final EmbeddedChannel server =
            server(Http2FrameCodecBuilder.forServer().build());

    private EmbeddedChannel server(ChannelHandler codec) {
        EmbeddedChannel channel = new EmbeddedChannel(
                codec,
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        if (message instanceof Http2HeadersFrame request) {
                            running.add(request.stream());
                        }
                        ReferenceCountUtil.release(message);
                    }
                },
                new Http2DrainHandler());
        // Nothing happens by itself.
        channel.freezeTime();
        return channel;
    }

    @AfterEach
    void close() {
        client.finishAndReleaseAll();
        server.finishAndReleaseAll();
    }

    @Test
    void firstEveryStreamIsAllowedAndAfterAPingOnlyThoseThatHaveArrived() {
        request();
        exchange();
        drain(server);
        toClient(server);
        assertThat(goAways).containsExactly(Integer.MAX_VALUE);

        exchange();
        assertThat(goAways).containsExactly(Integer.MAX_VALUE, 3);
        assertThat(server.isOpen()).as("a stream is running").isTrue();
        answer(0);
        exchange();
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void aStreamThatCrossesTheFirstGoAwayIsServed() {
        exchange();
        request();
        drain(server);
        exchange();
        assertThat(goAways).containsExactly(Integer.MAX_VALUE, 3);
        assertThat(running).hasSize(1);
        answer(0);
        exchange();
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void aConnectionWithoutStreamsClosesAfterTheRoundTrip() {
        exchange();
        drain(server);
        toClient(server);
        assertThat(server.isOpen()).isTrue();
        exchange();
        assertThat(goAways).containsExactly(Integer.MAX_VALUE, 0);
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void aPeerThatDoesNotAnswerThePingIsWaitedForASecond() {
        exchange();
        drain(server);
        server.advanceTimeBy(999, TimeUnit.MILLISECONDS);
        server.runPendingTasks();
        assertThat(server.isOpen()).isTrue();
        server.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        server.runPendingTasks();
        assertThat(server.isOpen()).isFalse();
        toClient(server);
        assertThat(goAways).containsExactly(Integer.MAX_VALUE, 0);
    }

    @Test
    void everyRunningStreamIsWaitedForHoweverLong() {
        request();
        request();
        exchange();
        drain(server);
        exchange();
        answer(1);
        exchange();
        server.advanceTimeBy(1, TimeUnit.HOURS);
        server.runPendingTasks();
        assertThat(server.isOpen()).isTrue();
        answer(0);
        exchange();
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void anotherPingIsNotTakenForOurs() {
        exchange();
        server.writeOutbound(new DefaultHttp2PingFrame(4711));
        drain(server);
        ByteBuf bytes = server.readOutbound();
        client.writeInbound(bytes);
        assertThat(server.isOpen()).isTrue();
        exchange();
        assertThat(goAways).containsExactly(Integer.MAX_VALUE, 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCodecWithoutFramesOfItsOwnDoesAsWell(boolean answersPing) {
        Http2Connection connection = new DefaultHttp2Connection(true);
        EmbeddedChannel plain = server(new HttpToHttp2ConnectionHandlerBuilder()
                .connection(connection)
                .frameListener(new InboundHttp2ToHttpAdapterBuilder(connection)
                        .maxContentLength(1000)
                        .build())
                .build());
        exchange(plain);
        drain(plain);
        if (answersPing) {
            exchange(plain);
        } else {
            plain.advanceTimeBy(1, TimeUnit.SECONDS);
            plain.runPendingTasks();
            toClient(plain);
        }
        assertThat(goAways).containsExactly(Integer.MAX_VALUE, 0);
        assertThat(plain.isOpen()).isFalse();
        plain.finishAndReleaseAll();
    }

    @Test
    void withoutACodecNothingHappens() {
        EmbeddedChannel channel = new EmbeddedChannel(new Http2DrainHandler());
        drain(channel);
        assertThat(channel.<Object>readOutbound()).isNull();
        assertThat(channel.isOpen()).isTrue();
        channel.finishAndReleaseAll();
    }

    private void request() {
        ChannelHandlerContext ctx = client.pipeline().context(clientCodec);
        clientCodec
                .encoder()
                .writeHeaders(
                        ctx,
                        clientCodec.connection().local().incrementAndGetNextStreamId(),
                        new DefaultHttp2Headers()
                                .method("GET")
                                .path("/")
                                .scheme("http")
                                .authority("a"),
                        0,
                        true,
                        ctx.newPromise());
        ctx.flush();
    }

    private void answer(int index) {
        server.writeOutbound(
                new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("204"), true).stream(running.get(index)));
    }

    private static void drain(EmbeddedChannel channel) {
        channel.pipeline().fireUserEventTriggered(new ClusterDraining(Duration.ofSeconds(30)));
    }

    private void exchange() {
        exchange(server);
    }

    /** Carries bytes until both are silent. */
    private void exchange(EmbeddedChannel to) {
        boolean moved = true;
        while (moved) {
            moved = carry(client, to) | carry(to, client);
        }
    }

    private void toClient(EmbeddedChannel from) {
        carry(from, client);
    }

    private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
        from.runPendingTasks();
        boolean moved = false;
        for (ByteBuf bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
            moved = true;
            if (to.isOpen()) {
                to.writeInbound(bytes);
            } else {
                bytes.release();
            }
        }
        return moved;
    }
}
