package org.nettycluster.benchmarks.load;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/2 connection. It owns the attempts that have a stream on it; those that a GOAWAY refuses go back to the
 * seat, those that it allows end here, well or not. On the loop of its run.
 */
final class Http2Connection extends Http2ChannelDuplexHandler {
    private final Http2Seat seat;
    private final LoadPlan plan;
    private final Dialer dialer;
    private final Map<Http2FrameStream, Exchange> streams = new LinkedHashMap<>();
    private @Nullable Channel channel;
    private @Nullable String worker;
    private String how = "closed";
    private long limit;
    private boolean usable;
    private boolean leaving;
    private boolean ours;

    private static final class Exchange {
        private final Attempt attempt;
        private @Nullable Answer answer;

        Exchange(Attempt attempt) {
            this.attempt = attempt;
        }
    }

    private Http2Connection(Http2Seat seat, LoadPlan plan, Dialer dialer) {
        this.seat = seat;
        this.plan = plan;
        this.dialer = dialer;
        this.limit = plan.streams();
    }

    static Http2Connection open(Http2Seat seat, LoadPlan plan, Dialer dialer) {
        Http2Connection connection = new Http2Connection(seat, plan, dialer);
        connection.channel = dialer.dial(
                pipeline -> pipeline.addLast(
                        Http2FrameCodecBuilder.forClient()
                                .initialSettings(Http2Settings.defaultSettings().pushEnabled(false))
                                .build(),
                        connection),
                cause -> seat.notConnected(connection, cause));
        return connection;
    }

    int load() {
        return streams.size();
    }

    int localPort() {
        return channel == null ? 0 : Dialer.localPort(channel);
    }

    /** The server has told its settings, has not said goodbye, and allows another stream. */
    boolean hasRoom() {
        return usable && !leaving && streams.size() < limit && channel != null && channel.isActive();
    }

    void send(Attempt attempt) {
        Channel connected = channel;
        if (connected == null) {
            throw new IllegalStateException("there is no connection yet to send " + attempt.nonce() + " on");
        }
        Http2FrameStream stream = newStream();
        streams.put(stream, new Exchange(attempt));
        attempt.connected(localPort());
        attempt.sent(worker);
        attempt.onTimeout(() -> {
            if (streams.remove(stream) != null) {
                connected.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(stream));
                finished();
            }
        });
        Http2Headers headers = new DefaultHttp2Headers()
                .method("GET")
                .scheme("http")
                .authority(plan.authority())
                .path(plan.path())
                .set(Answer.NONCE, attempt.nonce());
        connected
                .writeAndFlush(new DefaultHttp2HeadersFrame(headers, true).stream(stream))
                .addListener(written -> {
                    if (!written.isSuccess()) {
                        lose(stream, "not sent (" + written.cause().getMessage() + "),");
                    }
                });
    }

    /** Ends it from our side. */
    void close() {
        ours = true;
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof Http2SettingsFrame frame) {
                settings(frame.settings());
            } else if (message instanceof Http2HeadersFrame frame) {
                headers(frame);
            } else if (message instanceof Http2DataFrame frame) {
                // Otherwise the server would have to stop one day.
                ctx.write(new DefaultHttp2WindowUpdateFrame(frame.initialFlowControlledBytes()).stream(frame.stream()));
                if (frame.isEndStream()) {
                    complete(frame.stream());
                }
            } else if (message instanceof Http2ResetFrame frame) {
                lose(frame.stream(), "reset (RST_STREAM " + frame.errorCode() + ")");
            } else if (message instanceof Http2GoAwayFrame frame) {
                goAway(frame.lastStreamId());
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    private void settings(Http2Settings settings) {
        Long allowed = settings.maxConcurrentStreams();
        if (allowed != null) {
            limit = Math.min(plan.streams(), allowed);
        }
        usable = true;
        seat.pump();
    }

    private void headers(Http2HeadersFrame frame) {
        Exchange exchange = streams.get(frame.stream());
        if (exchange == null) {
            return;
        }
        exchange.attempt.answering();
        Http2Headers headers = frame.headers();
        CharSequence status = headers.status();
        if (exchange.answer == null && status != null && status.charAt(0) != '1') {
            exchange.answer = new Answer(
                    Integer.parseInt(status.toString()),
                    string(headers.get(Answer.NONCE)),
                    string(headers.get(Answer.WORKER)),
                    false);
        }
        if (frame.isEndStream()) {
            complete(frame.stream());
        }
    }

    private static @Nullable String string(@Nullable CharSequence value) {
        return value == null ? null : value.toString();
    }

    private void complete(Http2FrameStream stream) {
        Exchange exchange = streams.remove(stream);
        if (exchange == null) {
            return;
        }
        Answer answer = exchange.answer;
        if (answer == null) {
            exchange.attempt.end(Outcome.WRONG, "the answer has no status");
        } else {
            worker = answer.worker() == null ? worker : answer.worker();
            exchange.attempt.answered(answer.worker());
            answer.judge(exchange.attempt);
        }
        finished();
    }

    private void lose(Http2FrameStream stream, String reason) {
        Exchange exchange = streams.remove(stream);
        if (exchange != null) {
            exchange.attempt.lost(reason);
            finished();
        }
    }

    private void finished() {
        if (leaving && streams.isEmpty()) {
            close();
        }
        seat.pump();
    }

    /** Can come twice: first as a warning that still allows every stream, then with the last that was served. */
    private void goAway(int lastStreamId) {
        leaving = true;
        seat.goesAway(this);
        for (Http2FrameStream stream : List.copyOf(streams.keySet())) {
            Exchange refused = stream.id() > lastStreamId ? streams.remove(stream) : null;
            if (refused != null) {
                dialer.aside(Aside.REFUSED_BY_GOAWAY);
                seat.again(refused.attempt);
            }
        }
        finished();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2FrameStreamException broken) {
            lose(broken.stream(), "broken off (" + cause.getMessage() + ")");
        } else {
            how = "reset (" + cause.getMessage() + ")";
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        boolean idle = streams.isEmpty();
        // First, so that what is pumped from here on goes to another one.
        boolean wasUsable = usable;
        usable = false;
        List<Exchange> cut = List.copyOf(streams.values());
        streams.clear();
        cut.forEach(exchange -> exchange.attempt.lost(how));
        seat.ended(this, wasUsable, idle && !ours, how);
    }
}
