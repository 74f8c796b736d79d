package org.nettycluster.master.control;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.Heartbeats;

/**
 * The claim pages of one worker, also those whose lane is closed as long as connections of theirs are open: a worker that
 * drains has no lane any more. On the master's loop.
 */
final class PageLedger {
    private final List<ClaimPage> pages = new ArrayList<>();
    private final List<ClaimPage> open = new ArrayList<>();
    private long adoptedBefore;

    void opened(ClaimPage page) {
        for (ClaimPage each : List.copyOf(pages)) {
            if (!open.contains(each) && each.adopted() == each.closed()) {
                forget(each);
            }
        }
        pages.add(page);
        open.add(page);
    }

    /** The process has ended, and all lanes are closed: nobody looks at these pages any more. */
    void exited() {
        List.copyOf(pages).forEach(this::forget);
        open.clear();
    }

    /** With the mapping, which would otherwise stay for as long as this process has no need to collect. */
    private void forget(ClaimPage page) {
        pages.remove(page);
        adoptedBefore += page.adopted();
        page.unmap();
    }

    void closed(ClaimPage page) {
        open.remove(page);
    }

    Traffic traffic() {
        long active = 0;
        long adopted = adoptedBefore;
        for (ClaimPage page : pages) {
            // What has ended is read first: of two reads the later one may count more, and never less.
            long closed = page.closed();
            long taken = page.adopted();
            active += taken - closed;
            adopted += taken;
        }
        return new Traffic(active, adopted);
    }

    /** Who stands, as seen on the open lanes' pages; null if nobody does. */
    @Nullable
    Stall stall(long now, Duration limit) {
        for (ClaimPage page : open) {
            Heartbeats heartbeats = page.heartbeats();
            OptionalInt loop = heartbeats.stalled(now, limit);
            if (loop.isPresent()) {
                OptionalLong since = heartbeats.stalledSince(loop.getAsInt());
                return new Stall(loop.getAsInt(), since.orElse(now - limit.toNanos()));
            }
        }
        return null;
    }
}
