package org.nettycluster.benchmarks.load;

import java.util.List;
import java.util.stream.IntStream;

/** A few HTTP/2 connections with many streams each; a new stream goes where the fewest are. */
final class Http2Wire implements Wire {
    private final List<Http2Seat> seats;
    private int last;

    Http2Wire(LoadPlan plan, Dialer dialer) {
        seats = IntStream.range(0, plan.connections())
                .mapToObj(seat -> new Http2Seat(plan, dialer))
                .toList();
    }

    @Override
    public void begin(Attempt attempt) {
        // From the one after the last, so that equals take turns.
        int best = (last + 1) % seats.size();
        for (int i = 1; i < seats.size(); i++) {
            int other = (last + 1 + i) % seats.size();
            if (seats.get(other).load() < seats.get(best).load()) {
                best = other;
            }
        }
        last = best;
        seats.get(best).begin(attempt);
    }

    @Override
    public void close() {
        seats.forEach(Http2Seat::close);
    }
}
