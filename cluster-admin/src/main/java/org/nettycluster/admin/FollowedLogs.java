package org.nettycluster.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * One client that watches lines come. Lines are put down by the threads that read them from workers, under this lock,
 * and are written on the endpoint's loop while the client reads. A client that does not read costs a bounded number of
 * lines; of what it misses it is told the count.
 */
final class FollowedLogs extends ChannelInboundHandlerAdapter implements Consumer<LogLine> {
    static final int MOST_WAITING = 1000;

    private final ChannelHandlerContext ctx;
    private final int slot;
    private final Deque<LogLine> waiting = new ArrayDeque<>();
    private long dropped;
    private boolean scheduled;
    private boolean writing;

    private FollowedLogs(ChannelHandlerContext ctx, int slot) {
        this.ctx = ctx;
        this.slot = slot;
    }

    static void begin(ChannelHandlerContext ctx, LogTail logs, LogRequest wanted) {
        FollowedLogs followed = new FollowedLogs(ctx, wanted.slot());
        ctx.pipeline().addLast(followed);
        Answers.beginLines(ctx);
        logs.follow(wanted.slot(), wanted.lines(), followed)
                .forEach(line -> Answers.line(ctx, Documents.line(line), false));
        ctx.flush();
        ctx.channel().closeFuture().addListener(closed -> logs.leave(followed));
    }

    @Override
    public void accept(LogLine line) {
        if (!line.isOf(slot)) {
            return;
        }
        synchronized (waiting) {
            if (waiting.size() == MOST_WAITING) {
                dropped++;
                return;
            }
            waiting.add(line);
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        ctx.executor().execute(this::write);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        write();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == AdminEndpoint.Closing.ENDPOINT) {
            write();
            Answers.endLines(ctx);
        }
    }

    private void write() {
        if (writing) {
            // A write or a flush changes what is writable, and says so at once.
            return;
        }
        writing = true;
        boolean more = true;
        while (more && ctx.channel().isWritable()) {
            while (more && ctx.channel().isWritable()) {
                more = writeNext();
            }
            ctx.flush();
        }
        writing = false;
    }

    /** Returns false if nothing waits: then the next line that comes wakes this again. */
    private boolean writeNext() {
        LogLine line;
        long missing;
        synchronized (waiting) {
            line = waiting.poll();
            missing = line == null ? dropped : 0;
            if (line == null) {
                dropped = 0;
                scheduled = false;
            }
        }
        if (line != null) {
            Answers.line(ctx, Documents.line(line), false);
        } else if (missing > 0) {
            Answers.line(ctx, Documents.one("dropped", missing), false);
        }
        return line != null;
    }
}
