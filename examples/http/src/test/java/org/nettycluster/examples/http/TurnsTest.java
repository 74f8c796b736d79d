package org.nettycluster.examples.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.junit.jupiter.api.Test;

/** What the wire can't show of {@link Turns}. */
class TurnsTest {
    private int reads;
    private final EmbeddedChannel channel = new EmbeddedChannel(
            new ChannelDuplexHandler() {
                @Override
                public void read(ChannelHandlerContext ctx) {
                    reads++;
                    ctx.read();
                }
            },
            new Turns());

    @Test
    void aClientThatPipelinesTooMuchIsNotReadUntilItsAnswersAreOut() {
        for (int i = 0; i < 40; i++) {
            request(i);
        }

        int before = reads;
        channel.read();
        assertThat(reads).isEqualTo(before);

        for (int i = 0; i < 40; i++) {
            assertThat(channel.<DefaultHttpRequest>readInbound().uri()).isEqualTo("/" + i);
            assertThat(channel.<LastHttpContent>readInbound()).isNotNull();
            assertThat(channel.<Object>readInbound()).isNull();
            answer();
        }
        assertThat(reads).isGreaterThan(before);
        channel.finishAndReleaseAll();
    }

    @Test
    void whatStillWaitsWhenTheConnectionEndsIsReleased() {
        ByteBuf body = Unpooled.buffer().writeByte(1);
        request(0);
        channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/1"));
        channel.writeInbound(new DefaultHttpContent(body));

        channel.finishAndReleaseAll();

        assertThat(body.refCnt()).isZero();
    }

    private void request(int number) {
        channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/" + number));
        channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private void answer() {
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        channel.releaseOutbound();
    }
}
