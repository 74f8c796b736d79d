package org.nettycluster.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nettycluster.worker.ClusterDraining;

class WebSocketDrainHandlerTest {
    private static final String GOING_AWAY = "880203e9";

    private final EmbeddedChannel channel = new EmbeddedChannel(
            new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                    .expectMaskedFrames(false)
                    .build()),
            new WebSocket13FrameEncoder(false),
            new WebSocketDrainHandler());

    @BeforeEach
    void nothingHappensByItself() {
        channel.freezeTime();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void theCloseFrameSaysGoingAway() {
        drain(30);
        assertThat(sent()).startsWith(GOING_AWAY.substring(0, 2)).contains("03e9");
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void theConnectionClosesOnThePeersCloseFrame() {
        drain(30);
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {(byte) 0x88, 2, 3, (byte) 0xe9}));
        assertThat(channel.<CloseWebSocketFrame>readInbound().statusCode()).isEqualTo(1001);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aPeerThatDoesNotAnswerIsWaitedForTwoSecondsAndNotBeyondTheDeadline() {
        drain(30);
        wait(1999);
        assertThat(channel.isOpen()).isTrue();
        wait(1);
        assertThat(channel.isOpen()).isFalse();

        EmbeddedChannel hurried = new EmbeddedChannel(
                new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder().build()),
                new WebSocket13FrameEncoder(false),
                new WebSocketDrainHandler());
        hurried.pipeline().fireUserEventTriggered(new ClusterDraining(Duration.ofMillis(10)));
        hurried.advanceTimeBy(10, TimeUnit.MILLISECONDS);
        hurried.runPendingTasks();
        assertThat(hurried.isOpen()).isFalse();
        hurried.finishAndReleaseAll();
    }

    @Test
    void aFragmentedMessageIsFinishedFirst() {
        channel.writeOutbound(new TextWebSocketFrame(false, 0, "a"));
        assertThat(sent()).startsWith("01");
        drain(30);
        channel.writeOutbound(new PingWebSocketFrame());
        assertThat(sent()).startsWith("89");
        channel.writeOutbound(new ContinuationWebSocketFrame(true, 0, "b"));
        assertThat(sent()).startsWith("80");
        assertThat(sent()).startsWith("88");
    }

    @Test
    void whatTheApplicationWritesBehindItFails() {
        drain(30);
        TextWebSocketFrame late = new TextWebSocketFrame("late");
        ChannelFuture written = channel.writeAndFlush(late);
        assertThat(written.isDone()).isTrue();
        assertThat(written.isSuccess()).isFalse();
        assertThat(late.refCnt()).isZero();
    }

    @Test
    void theApplicationsOwnGoodbyeIsNotSaidTwice() {
        channel.writeOutbound(new CloseWebSocketFrame(1000, "done"));
        assertThat(sent()).contains("03e8");
        drain(30);
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
    }

    @Test
    void withoutAHandshakeNothingIsSent() {
        EmbeddedChannel http = new EmbeddedChannel(new WebSocketDrainHandler());
        http.pipeline().fireUserEventTriggered(new ClusterDraining(Duration.ofSeconds(30)));
        assertThat(http.<Object>readOutbound()).isNull();
        http.advanceTimeBy(1, TimeUnit.HOURS);
        assertThat(http.isOpen()).isTrue();
        http.finishAndReleaseAll();
    }

    private void drain(int deadline) {
        channel.pipeline().fireUserEventTriggered(new ClusterDraining(Duration.ofSeconds(deadline)));
    }

    private void wait(int millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
    }

    /** The next frame that was written, in hex. */
    private String sent() {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
            if (all.readableBytes() >= 2 && all.readableBytes() >= 2 + all.getByte(1)) {
                break;
            }
        }
        return io.netty.buffer.ByteBufUtil.hexDump(all);
    }
}
