package org.nettycluster.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nettycluster.master.ReloadOptions;

/**
 * Which request means what; one request for each connection. On the endpoint's loop, to which answers of other threads
 * come back as tasks.
 */
final class AdminRoutes extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(AdminRoutes.class);
    private static final Pattern SLOT = Pattern.compile("/v1/slots/(\\d{1,4})/(restart|pause|resume|kill)");
    private static final String ROUTES = "see docs/admin.md for what there is";

    private final ClusterControl control;
    private final LogTail logs;
    private final ReloadOptions reload;
    private final Duration patience;
    private boolean answered;

    AdminRoutes(ClusterControl control, LogTail logs, ReloadOptions reload, Duration patience) {
        this.control = control;
        this.logs = logs;
        this.reload = reload;
        this.patience = patience;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (answered) {
            // It came behind another one, and each answer ends its connection.
            return;
        }
        answered = true;
        // From here on a client may be silent for as long as its request takes.
        ctx.pipeline().remove(ReadTimeoutHandler.class);
        if (request.decoderResult().isFailure()) {
            Answers.refuse(ctx, Refusal.malformed("this is not HTTP/1.1 as it is understood here", ROUTES));
            return;
        }
        try {
            route(ctx, request);
        } catch (RuntimeException e) {
            Answers.refuse(ctx, refusal(e));
        }
    }

    private void route(ChannelHandlerContext ctx, FullHttpRequest request) {
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        String path = uri.path();
        Matcher slot = SLOT.matcher(path);
        switch (path) {
            case "/v1/status" -> {
                require(request, HttpMethod.GET);
                limitWrites(ctx);
                Answers.object(ctx, 200, Documents.status(control.status()));
            }
            case "/v1/logs" -> {
                require(request, HttpMethod.GET);
                LogRequest wanted = LogRequest.of(uri);
                if (wanted.follow()) {
                    // Without a limit on writes: somebody may look at a page of it for an hour.
                    FollowedLogs.begin(ctx, logs, wanted);
                } else {
                    limitWrites(ctx);
                    Answers.beginLines(ctx);
                    logs.last(wanted.slot(), wanted.lines())
                            .forEach(line -> Answers.line(ctx, Documents.line(line), false));
                    Answers.endLines(ctx);
                }
            }
            case "/v1/reload" -> {
                require(request, HttpMethod.POST);
                limitWrites(ctx);
                ReloadAnswer answer = new ReloadAnswer(ctx);
                ReloadOptions options = Bodies.reload(Bodies.read(request), reload);
                control.reload(options.withProgress(answer::progress)).whenComplete(answer::complete);
            }
            case "/v1/scale" -> {
                require(request, HttpMethod.POST);
                int workers = Bodies.workers(
                        Bodies.read(request), () -> control.status().slots().size());
                answer(ctx, control.scale(workers), nothing -> Documents.one("workers", workers));
            }
            case "/v1/stop" -> {
                require(request, HttpMethod.POST);
                boolean atOnce = Bodies.read(request).flag("atOnce");
                answer(ctx, control.stop(atOnce), nothing -> Documents.one("stopped", true));
            }
            default -> {
                if (!slot.matches()) {
                    throw Refusal.unknown("there is no " + path, ROUTES);
                }
                require(request, HttpMethod.POST);
                slot(ctx, Integer.parseInt(slot.group(1)), slot.group(2));
            }
        }
    }

    private void slot(ChannelHandlerContext ctx, int slot, String action) {
        Function<Void, Map<String, ?>> done = nothing -> Documents.one("slot", slot);
        switch (action) {
            case "restart" -> {
                limitWrites(ctx);
                ReloadAnswer answer = new ReloadAnswer(ctx);
                control.restart(slot, answer::progress).whenComplete(answer::complete);
            }
            case "pause" -> answer(ctx, control.pause(slot), done);
            case "resume" -> answer(ctx, control.resume(slot), done);
            default -> answer(ctx, control.kill(slot), done);
        }
    }

    private <T> void answer(ChannelHandlerContext ctx, CompletionStage<T> asked, Function<T, Map<String, ?>> document) {
        limitWrites(ctx);
        asked.whenComplete((value, failure) -> ctx.executor().execute(() -> {
            if (failure == null) {
                Answers.object(ctx, 200, document.apply(value));
            } else {
                Answers.refuse(ctx, refusal(failure));
            }
        }));
    }

    private void limitWrites(ChannelHandlerContext ctx) {
        ctx.pipeline().addFirst(new WriteTimeoutHandler(patience.toMillis(), TimeUnit.MILLISECONDS));
    }

    private static void require(FullHttpRequest request, HttpMethod method) {
        if (!request.method().equals(method)) {
            throw Refusal.of(405, request.method() + " is not for " + request.uri(), "use " + method);
        }
    }

    static Refusal refusal(Throwable wrapped) {
        Throwable failure =
                wrapped instanceof CompletionException && wrapped.getCause() != null ? wrapped.getCause() : wrapped;
        if (failure instanceof Refusal refusal) {
            return refusal;
        }
        LOGGER.error("a request to the admin socket failed", failure);
        return Refusal.of(500, "the master failed at it: " + failure, "its log says more");
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == AdminEndpoint.Closing.ENDPOINT && !answered) {
            ctx.close();
            return;
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof ReadTimeoutException) {
            LOGGER.debug("admin socket: a client did not finish its request within {}", patience);
        } else {
            LOGGER.debug("admin socket: a connection failed", cause);
        }
        ctx.close();
    }
}
