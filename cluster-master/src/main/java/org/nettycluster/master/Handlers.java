package org.nettycluster.master;

import java.net.InetSocketAddress;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.nettycluster.master.supervise.WorkerExit;
import org.nettycluster.protocol.messages.ClusterMessage;

/** Listeners that wait for one kind of event. */
final class Handlers {
    private Handlers() {}

    static ClusterEvents fork(Consumer<WorkerProcess> handler) {
        return new ClusterEvents() {
            @Override
            public void fork(WorkerProcess worker) {
                handler.accept(worker);
            }
        };
    }

    static ClusterEvents online(Consumer<WorkerProcess> handler) {
        return new ClusterEvents() {
            @Override
            public void online(WorkerProcess worker) {
                handler.accept(worker);
            }
        };
    }

    static ClusterEvents listening(BiConsumer<WorkerProcess, InetSocketAddress> handler) {
        return new ClusterEvents() {
            @Override
            public void listening(WorkerProcess worker, InetSocketAddress address) {
                handler.accept(worker, address);
            }
        };
    }

    static ClusterEvents message(BiConsumer<WorkerProcess, ClusterMessage> handler) {
        return new ClusterEvents() {
            @Override
            public void message(WorkerProcess worker, ClusterMessage message) {
                handler.accept(worker, message);
            }
        };
    }

    static ClusterEvents disconnect(Consumer<WorkerProcess> handler) {
        return new ClusterEvents() {
            @Override
            public void disconnect(WorkerProcess worker) {
                handler.accept(worker);
            }
        };
    }

    static ClusterEvents exit(BiConsumer<WorkerProcess, WorkerExit> handler) {
        return new ClusterEvents() {
            @Override
            public void exit(WorkerProcess worker, WorkerExit exit) {
                handler.accept(worker, exit);
            }
        };
    }
}
