package org.nettycluster.examples.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers one request after the other, of an HTTP/1.1 connection or of an HTTP/2 stream.
 *
 * <p>On the channel's own loop; one for each channel, since a body can be on its way in or out. What it answers at once is
 * flushed when the read is complete, so that pipelined answers share a system call.
 */
final class Routes extends SimpleChannelInboundHandler<HttpObject> {
    private static final String PATHS = """
            GET  /             who answers
            GET  /json         the same, and what this process has counted
            GET  /slow?ms=N    answers late, without blocking
            GET  /block?ms=N   blocks its event loop
            GET  /bytes?n=N    N bytes
            GET  /crash        ends this process on the spot
            POST /echo         your body
            """;
    private static final Map<String, Route> ROUTES = Map.of(
            "/", new Route(HttpMethod.GET, Routes::hello),
            "/json", new Route(HttpMethod.GET, Routes::json),
            "/slow", new Route(HttpMethod.GET, Routes::slow),
            "/block", new Route(HttpMethod.GET, Routes::block),
            "/bytes", new Route(HttpMethod.GET, Routes::bytes),
            "/crash", new Route(HttpMethod.GET, Routes::crash),
            "/echo", new Route(HttpMethod.POST, Routes::echo));
    private static final long LONGEST_MS = TimeUnit.MINUTES.toMillis(10);
    private static final long MOST_BYTES = 1L << 40;

    private final ThisProcess process;
    private @Nullable Echo echo;
    private @Nullable ByteStream stream;

    Routes(ThisProcess process) {
        this.process = process;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
        if (message instanceof HttpRequest request) {
            process.requested();
            route(ctx, request);
        }
        if (echo != null && message instanceof HttpContent content) {
            Echo current = echo;
            if (content instanceof LastHttpContent) {
                // First: writing it may let the next request in, and that may be another echo.
                echo = null;
            }
            current.write(content);
        }
    }

    private void route(ChannelHandlerContext ctx, HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            refuse(ctx, request, statusOf(request.decoderResult().cause()), "this is no HTTP request to answer\n");
            return;
        }
        String uri = request.uri();
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        Route route = ROUTES.get(path);
        if (route == null) {
            refuse(ctx, request, HttpResponseStatus.NOT_FOUND, "no such path; there are\n" + PATHS);
        } else if (!route.allows(request.method())) {
            FullHttpResponse answer = Answers.of(
                    ctx,
                    request,
                    HttpResponseStatus.METHOD_NOT_ALLOWED,
                    Answers.TEXT,
                    path + " allows " + route.allowed() + ", not " + request.method() + "\n");
            answer.headers().set(HttpHeaderNames.ALLOW, route.allowed());
            ctx.write(answer);
        } else {
            try {
                route.action().answer(this, ctx, request);
            } catch (BadRequest e) {
                refuse(ctx, request, HttpResponseStatus.BAD_REQUEST, e.getMessage() + "\n");
            }
        }
    }

    private static HttpResponseStatus statusOf(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return HttpResponseStatus.REQUEST_URI_TOO_LONG;
        }
        return cause instanceof TooLongHttpHeaderException
                ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                : HttpResponseStatus.BAD_REQUEST;
    }

    private static void refuse(
            ChannelHandlerContext ctx, HttpRequest request, HttpResponseStatus status, String reason) {
        ctx.write(Answers.of(ctx, request, status, Answers.TEXT, reason));
    }

    private void hello(ChannelHandlerContext ctx, HttpRequest request) {
        ctx.write(greeting(request));
    }

    private FullHttpResponse greeting(HttpRequest request) {
        FullHttpResponse answer = Answers.of(request, HttpResponseStatus.OK, Answers.TEXT, process.greeting());
        Nonce.echo(request, answer.headers(), process);
        return answer;
    }

    private void json(ChannelHandlerContext ctx, HttpRequest request) {
        FullHttpResponse answer = Answers.of(ctx, request, HttpResponseStatus.OK, Answers.JSON, process.json());
        Nonce.echo(request, answer.headers(), process);
        ctx.write(answer);
    }

    private void slow(ChannelHandlerContext ctx, HttpRequest request) throws BadRequest {
        long ms = Query.number(request.uri(), "ms", LONGEST_MS);
        ctx.executor().schedule(() -> ctx.writeAndFlush(greeting(request)), ms, TimeUnit.MILLISECONDS);
    }

    private void block(ChannelHandlerContext ctx, HttpRequest request) throws BadRequest {
        try {
            Thread.sleep(Query.number(request.uri(), "ms", LONGEST_MS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        hello(ctx, request);
    }

    private void bytes(ChannelHandlerContext ctx, HttpRequest request) throws BadRequest {
        long length = Query.number(request.uri(), "n", MOST_BYTES);
        HttpHeaders headers = Answers.headers(Answers.TEXT, length);
        Nonce.echo(request, headers, process);
        ctx.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, headers));
        if (request.method().equals(HttpMethod.HEAD)) {
            ctx.write(LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            ByteStream body = new ByteStream(ctx, length);
            stream = body;
            body.write();
        }
    }

    private void crash(ChannelHandlerContext ctx, HttpRequest request) {
        Runtime.getRuntime().halt(1);
    }

    private void echo(ChannelHandlerContext ctx, HttpRequest request) throws BadRequest {
        echo = Echo.begin(ctx, request);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(echo == null || ctx.channel().isWritable());
        if (stream != null) {
            stream.write();
        }
        ctx.fireChannelWritabilityChanged();
    }

    /** What answers a path, and the one method it is for; whoever may GET may HEAD. */
    private record Route(HttpMethod method, Action action) {
        boolean allows(HttpMethod asked) {
            return asked.equals(method) || (asked.equals(HttpMethod.HEAD) && method.equals(HttpMethod.GET));
        }

        String allowed() {
            return method.equals(HttpMethod.GET) ? "GET, HEAD" : method.name();
        }
    }

    @FunctionalInterface
    private interface Action {
        void answer(Routes routes, ChannelHandlerContext ctx, HttpRequest request) throws BadRequest;
    }
}
