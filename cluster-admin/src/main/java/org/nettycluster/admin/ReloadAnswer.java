package org.nettycluster.admin;

import io.netty.channel.ChannelHandlerContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.ReloadProgress;
import org.nettycluster.master.ReloadReport;

/**
 * The answer to a reload: a line for each step, and the report as the last one. What fails before the first step has an
 * HTTP status that says so. Told on the supervisor's thread, written on the endpoint's loop, in the same order.
 */
final class ReloadAnswer {
    private final ChannelHandlerContext ctx;
    private boolean begun;

    ReloadAnswer(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    void progress(ReloadProgress progress) {
        ctx.executor().execute(() -> write(Documents.progress(progress)));
    }

    void complete(@Nullable ReloadReport report, @Nullable Throwable failure) {
        ctx.executor().execute(() -> {
            if (report != null && (begun || report.outcome() != ReloadReport.Outcome.REFUSED)) {
                end(Documents.report(report));
                return;
            }
            Refusal refusal = report == null
                    ? AdminRoutes.refusal(failure == null ? new IllegalStateException("no report") : failure)
                    : Refusal.conflict(String.valueOf(report.reason()), "see the status");
            if (begun) {
                end(Documents.refusal(refusal));
            } else {
                Answers.refuse(ctx, refusal);
            }
        });
    }

    private void write(Map<String, ?> line) {
        if (!begun) {
            begun = true;
            Answers.beginLines(ctx);
        }
        Answers.line(ctx, line, true);
    }

    private void end(Map<String, ?> line) {
        write(line);
        Answers.endLines(ctx);
    }
}
