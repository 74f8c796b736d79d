package org.nettycluster.benchmarks.load;

import java.util.List;
import java.util.stream.IntStream;

/** Clients that keep their connection from one request to the next. */
final class KeepAliveWire implements Wire {
    private final List<KeepAliveClient> clients;

    KeepAliveWire(LoadPlan plan, Dialer dialer) {
        clients = IntStream.range(0, plan.clients())
                .mapToObj(client -> new KeepAliveClient(plan, dialer))
                .toList();
    }

    @Override
    public void begin(Attempt attempt) {
        clients.get(attempt.client()).begin(attempt);
    }

    @Override
    public void close() {
        clients.forEach(KeepAliveClient::close);
    }
}
