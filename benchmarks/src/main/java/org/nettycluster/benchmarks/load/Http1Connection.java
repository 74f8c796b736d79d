package org.nettycluster.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/1.1 connection: one request at a time, and what became of it. It has the attempt from {@link #send} to
 * the last byte of its answer and reports stages to it; ends are the owner's to judge. On the loop of its run.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter {
    /** Bytes of what was received, in the words about what is no HTTP. */
    private static final int MOST_SHOWN = 512;

    private final Owner owner;
    private final String authority;
    private final String path;
    private @Nullable Channel channel;
    private @Nullable Attempt current;
    private @Nullable Answer head;
    private @Nullable String worker;
    private String reset = "";
    private byte[] latest = {};
    private boolean interim;
    private boolean ours;

    /** Who uses the connection. None of these is called after {@link #close}. */
    interface Owner {
        /** It may be used. */
        void connected(Http1Connection connection);

        /** It never will be. */
        void notConnected(Http1Connection connection, Throwable cause);

        /** The answer is complete. */
        void answered(Http1Connection connection, Attempt attempt, Answer answer);

        /**
         * The server ended it.
         *
         * @param unanswered the attempt whose answer was not complete, if there was one
         * @param how reset or closed, in words
         */
        void ended(Http1Connection connection, @Nullable Attempt unanswered, String how);
    }

    private Http1Connection(Owner owner, LoadPlan plan) {
        this.owner = owner;
        this.authority = plan.authority();
        this.path = plan.path();
    }

    static Http1Connection open(Owner owner, LoadPlan plan, Dialer dialer) {
        Http1Connection connection = new Http1Connection(owner, plan);
        connection.channel = dialer.dial(connection::install, cause -> {
            if (!connection.ours) {
                owner.notConnected(connection, cause);
            }
        });
        return connection;
    }

    private void install(ChannelPipeline pipeline) {
        pipeline.addLast(
                new ChannelInboundHandlerAdapter() {
                    /** The codec shows nothing of a head that is not complete. */
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
                        if (current != null) {
                            current.answering();
                        }
                        latest = beginning((ByteBuf) bytes);
                        ctx.fireChannelRead(bytes);
                    }
                },
                new HttpClientCodec(),
                this);
    }

    private static byte[] beginning(ByteBuf bytes) {
        return ByteBufUtil.getBytes(bytes, bytes.readerIndex(), Math.min(MOST_SHOWN, bytes.readableBytes()));
    }

    /** Whether the server ended it by a reset. */
    boolean wasReset() {
        return !reset.isEmpty();
    }

    void send(Attempt attempt, boolean last) {
        Channel connected = channel;
        if (connected == null) {
            throw new IllegalStateException("there is no connection yet to send " + attempt.nonce() + " on");
        }
        current = attempt;
        attempt.connected(Dialer.localPort(connected));
        attempt.sent(worker);
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path, Unpooled.EMPTY_BUFFER);
        request.headers().set(HttpHeaderNames.HOST, authority).set(Answer.NONCE, attempt.nonce());
        if (last) {
            request.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        connected.writeAndFlush(request);
    }

    /** Ends it from our side; the owner hears no more. */
    void close() {
        ours = true;
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        if (!ours) {
            owner.connected(this);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof HttpObject part && !ours) {
                read(part);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(HttpObject part) {
        if (part.decoderResult().isFailure()) {
            malformed(part.decoderResult().cause());
            return;
        }
        if (part instanceof HttpResponse response) {
            interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            if (!interim) {
                head = headOf(response);
            }
        }
        if (part instanceof LastHttpContent) {
            if (interim) {
                interim = false;
            } else {
                complete();
            }
        }
    }

    private static Answer headOf(HttpResponse response) {
        int status = response.status().code();
        // Without a length the end of the connection is the end of the answer.
        boolean delimited = HttpUtil.isContentLengthSet(response)
                || HttpUtil.isTransferEncodingChunked(response)
                || status == 204
                || status == 304;
        return new Answer(
                status,
                response.headers().get(Answer.NONCE),
                response.headers().get(Answer.WORKER),
                !delimited || !HttpUtil.isKeepAlive(response));
    }

    private void complete() {
        Attempt attempt = current;
        Answer answer = head;
        current = null;
        head = null;
        if (attempt != null && answer != null) {
            worker = answer.worker() == null ? worker : answer.worker();
            attempt.answered(answer.worker());
            owner.answered(this, attempt, answer);
        }
    }

    private void malformed(Throwable cause) {
        // The end of the connection, told by the codec before it comes.
        if (!(cause instanceof PrematureChannelClosureException) && current != null) {
            Attempt attempt = current;
            current = null;
            attempt.end(
                    Outcome.WRONG,
                    "this is no HTTP: " + cause.getMessage() + ": "
                            + new String(latest, StandardCharsets.ISO_8859_1)
                                    .replace("\r", "\\r")
                                    .replace("\n", "\\n"));
            if (!ours) {
                owner.ended(this, attempt, "closed");
            }
            close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof PrematureChannelClosureException)) {
            reset = String.valueOf(cause.getMessage());
        }
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Attempt unanswered = current;
        current = null;
        if (!ours) {
            owner.ended(this, unanswered, wasReset() ? "reset (" + reset + ")" : "closed");
        }
    }
}
