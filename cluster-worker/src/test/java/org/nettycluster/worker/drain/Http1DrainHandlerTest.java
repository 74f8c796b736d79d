package org.nettycluster.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nettycluster.worker.ClusterDraining;

class Http1DrainHandlerTest {
    private final EmbeddedChannel channel = new EmbeddedChannel(new Http1DrainHandler());

    @BeforeEach
    void nothingHappensByItself() {
        channel.freezeTime();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void beforeADrainNothingIsChanged() {
        request("/1");
        assertThat(answer()).isNull();
        wait(3600);
        request("/2");
        assertThat(answer()).isNull();
        assertThat(arrived()).containsExactly("/1", "/2");
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void theAnswerToARunningRequestIsTheLast() {
        request("/1");
        drain(30, 5);
        assertThat(answer()).isEqualTo("close");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anIdleConnectionGetsOneMoreAnswer() {
        request("/1");
        answer();
        drain(30, 5);
        wait(4);
        assertThat(channel.isOpen()).isTrue();
        request("/2");
        wait(20);
        assertThat(channel.isOpen()).as("while it is answered").isTrue();
        assertThat(answer()).isEqualTo("close");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anIdleConnectionIsClosedAfterTheIdleTimeAndNotBefore() {
        drain(30, 5);
        wait(4);
        assertThat(channel.isOpen()).isTrue();
        wait(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void theIdleTimeEndsWithTheDeadline() {
        drain(2, 5);
        wait(2);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderAndOnlyTheLastAnswerSaysClose() {
        request("/1");
        request("/2");
        drain(30, 5);
        request("/3");
        assertThat(answer()).isNull();
        assertThat(answer()).isNull();
        assertThat(channel.isOpen()).isTrue();
        assertThat(answer()).isEqualTo("close");
        assertThat(arrived()).containsExactly("/1", "/2", "/3");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whatArrivesBehindTheLastAnswerIsDroppedAndReleased() {
        request("/1");
        drain(30, 5);
        channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        assertThat(channel.<HttpResponse>readOutbound().headers().get(HttpHeaderNames.CONNECTION))
                .isEqualTo("close");
        ByteBuf body = Unpooled.buffer().writeByte(1);
        channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/2"));
        channel.writeInbound(new DefaultHttpContent(body));
        channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(arrived()).containsExactly("/1");
        assertThat(body.refCnt()).isZero();
        assertThat(channel.isOpen()).as("its answer is still being written").isTrue();
        channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void theBodyOfTheLastRequestStillArrivesWhileItIsAnswered() {
        channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/1"));
        drain(30, 5);
        channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        channel.readInbound();
        ByteBuf body = Unpooled.buffer().writeByte(1);
        channel.writeInbound(new DefaultHttpContent(body));
        assertThat(channel.<DefaultHttpContent>readInbound().content()).isSameAs(body);
        body.release();
    }

    @Test
    void aClientThatAlwaysHasOneMoreUnderWayIsNotWaitedForLongerThanTheIdleTime() {
        request("/1");
        request("/2");
        drain(30, 5);
        for (int i = 3; i < 10; i++) {
            assertThat(answer()).isNull();
            request("/" + i);
        }
        wait(5);
        assertThat(answer()).isEqualTo("close");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void answersBehindTheLastOneFail() {
        request("/1");
        request("/2");
        drain(30, 5);
        wait(5);
        answer();
        DefaultFullHttpResponse late = response(HttpResponseStatus.OK);
        ChannelFuture written = channel.writeAndFlush(late);
        channel.runPendingTasks();
        assertThat(written.isSuccess()).isFalse();
        assertThat(late.refCnt()).isZero();
    }

    @Test
    void anInterimAnswerIsNotTheLast() {
        request("/1");
        drain(30, 5);
        channel.writeOutbound(response(HttpResponseStatus.CONTINUE));
        assertThat(channel.<HttpResponse>readOutbound().headers().get(HttpHeaderNames.CONNECTION))
                .isNull();
        assertThat(channel.isOpen()).isTrue();
        assertThat(answer()).isEqualTo("close");
    }

    @Test
    void anUpgradedConnectionIsNoMoreItsBusiness() {
        request("/1");
        channel.writeOutbound(response(HttpResponseStatus.SWITCHING_PROTOCOLS));
        assertThat(channel.pipeline().get(Http1DrainHandler.class)).isNull();
        drain(30, 5);
        wait(3600);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void othersHearOfTheDrainToo() {
        List<Object> events = new ArrayList<>();
        channel.pipeline().addLast(new io.netty.channel.ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(io.netty.channel.ChannelHandlerContext ctx, Object event) {
                events.add(event);
            }
        });
        drain(30, 5);
        assertThat(events).hasSize(1).first().isInstanceOf(ClusterDraining.class);
    }

    private void drain(int deadline, int idle) {
        channel.pipeline()
                .fireUserEventTriggered(new ClusterDraining(Duration.ofSeconds(deadline), Duration.ofSeconds(idle)));
    }

    private void wait(int seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runPendingTasks();
    }

    private void request(String uri) {
        channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, uri));
        channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    /** Answers one request; what its header Connection says. */
    private String answer() {
        channel.writeOutbound(response(HttpResponseStatus.OK));
        HttpResponse written = channel.readOutbound();
        return written.headers().get(HttpHeaderNames.CONNECTION);
    }

    private List<String> arrived() {
        List<String> uris = new ArrayList<>();
        for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
            if (message instanceof HttpRequest request) {
                uris.add(request.uri());
            }
        }
        return uris;
    }

    private static DefaultFullHttpResponse response(HttpResponseStatus status) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
    }
}
