package org.nettycluster.worker;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.ProtocolException;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.TurnPage;

/**
 * Makes {@code bind} asynchronous: asks the master, and completes the local bind with the address that it has really
 * bound. First handler of the server's pipeline; on the server channel's loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class BindHandler extends ChannelOutboundHandlerAdapter {
    /** Its name in the pipeline. */
    static final String NAME = "ncluster-bind";

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(BindHandler.class);

    private final ClusterServerChannel server;
    private final MasterLink link;

    private boolean asked;
    private @Nullable Listening listening;

    BindHandler(ClusterServerChannel server, MasterLink link) {
        this.server = server;
        this.link = link;
    }

    @Override
    public void bind(ChannelHandlerContext ctx, SocketAddress address, ChannelPromise promise) {
        SocketAddress resolved;
        try {
            if (!server.isOpen()) {
                throw new ClosedChannelException();
            }
            if (asked) {
                throw new BindException("can't bind " + address + ": " + server + " is bound, or binding, already");
            }
            checkLoops(ctx);
            resolved = server.resolve(address);
        } catch (IOException | RuntimeException e) {
            promise.tryFailure(e);
            return;
        }
        asked = true;
        link.listen(server, resolved, server.chosen()).whenComplete((answer, failure) -> {
            try {
                ctx.channel().eventLoop().execute(() -> answered(ctx, promise, resolved, answer, failure));
            } catch (RejectedExecutionException e) {
                if (answer != null) {
                    link.unlisten(answer.listener());
                }
            }
        });
    }

    /** The server channel is closed: the listener is not ours any more. */
    void closed() {
        if (listening != null) {
            link.unlisten(listening.listener());
            listening = null;
        }
    }

    private void answered(
            ChannelHandlerContext ctx,
            ChannelPromise promise,
            SocketAddress asked,
            @Nullable Listening answer,
            @Nullable Throwable failure) {
        if (answer == null) {
            this.asked = false;
            promise.tryFailure(unwrap(failure, asked));
            return;
        }
        if (!server.isOpen()) {
            link.unlisten(answer.listener());
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        Intake intake;
        try {
            intake = intake(answer);
        } catch (IOException | ProtocolException | RuntimeException e) {
            link.unlisten(answer.listener());
            this.asked = false;
            promise.tryFailure(failed(asked, "what it shares with the master can't be opened: " + e.getMessage(), e));
            return;
        }
        listening = answer;
        SocketAddress bound = server.bound(asked, answer);
        compare(bound, answer);
        ctx.bind(bound, promise);
        if (!server.isActive()) {
            // The promise was cancelled while we waited.
            closed();
            this.asked = false;
            return;
        }
        server.opens(intake);
    }

    private Intake intake(Listening answer) throws IOException, ProtocolException {
        ClaimPage page = ClaimPage.open(Path.of(answer.page()), answer.window());
        LaneHello hello = new LaneHello(
                link.environment().worker(), link.environment().token(), answer.listener(), answer.request());
        Listening.Share share = answer.share();
        if (share == null) {
            return new Lane(server, page, hello);
        }
        if (!(server instanceof ClusterServerSocketChannel tcp)) {
            throw new ProtocolException("a unix socket is not shared, and the master offers a share of it");
        }
        int own = answer.options().getOrDefault(ServerOption.MAX_CONNECTIONS, 0);
        return new SharedLane(tcp, page, TurnPage.open(Path.of(share.turns())), share, own, hello, link.connections);
    }

    /** Whoever bound it first, or the master's parent, has chosen the options. */
    private void compare(SocketAddress bound, Listening answer) {
        Map<ServerOption, Integer> others = new EnumMap<>(ServerOption.class);
        server.chosen().forEach((option, value) -> {
            if (!value.equals(answer.options().get(option))) {
                others.put(option, value);
            }
        });
        if (!others.isEmpty()) {
            LOGGER.warn(
                    "{} was bound with {}, not by this worker: its own {} has no effect",
                    bound,
                    answer.options(),
                    others);
        }
    }

    private static void checkLoops(ChannelHandlerContext ctx) {
        EventExecutor own = ctx.channel().eventLoop();
        if (!EpollLoops.isEpoll(own)) {
            throw new IllegalStateException(
                    EpollLoops.advice("server", own.getClass().getName()));
        }
        EventExecutor stranger = EpollLoops.strangerAmongChildren(ctx.pipeline());
        if (stranger != null) {
            throw new IllegalStateException(
                    EpollLoops.advice("child", stranger.getClass().getName()));
        }
    }

    private static Throwable unwrap(@Nullable Throwable failure, SocketAddress address) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause != null ? cause : failed(address, "the master gave no answer", null);
    }

    static BindException failed(SocketAddress address, String reason, @Nullable Throwable cause) {
        BindException failure = new BindException("can't bind " + address + ": " + reason);
        if (cause != null) {
            failure.initCause(cause);
        }
        return failure;
    }
}
