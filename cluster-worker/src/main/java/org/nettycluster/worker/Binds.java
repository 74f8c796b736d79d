package org.nettycluster.worker;

import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenFailed;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.ServerOption;

/**
 * The listeners of this worker: those asked for and those granted, each with its server channel. On the control loop;
 * sends nothing itself.
 */
final class Binds {
    private record Entry(
            ClusterServerSocketChannel server, Listen listen, boolean numbered, CompletableFuture<Listening> answer) {}

    private final Map<Integer, Entry> asked = new HashMap<>();
    private final Map<Integer, Entry> granted = new HashMap<>();
    private final PortZero shared = new PortZero();
    // Counted apart: the n-th shared bind is the n-th of other workers, who may bind nothing for themselves.
    private final PortZero exclusive = new PortZero();
    private int requests;
    private int owed;

    /** What to ask the master for this channel. */
    Listen ask(
            ClusterServerSocketChannel server,
            InetSocketAddress address,
            Map<ServerOption, Integer> options,
            CompletableFuture<Listening> answer) {
        boolean numbered = address.getPort() == 0;
        int ordinal = numbered ? portZero(options).take(address.getAddress()) : 0;
        Listen listen = new Listen(requests++, ordinal, address, options);
        asked.put(listen.request(), new Entry(server, listen, numbered, answer));
        return listen;
    }

    /** The future that waits for this answer; null where nobody asked. */
    @Nullable
    CompletableFuture<Listening> grant(Listening listening) {
        Entry entry = asked.remove(listening.request());
        if (entry == null) {
            return null;
        }
        granted.put(listening.listener(), entry);
        return entry.answer;
    }

    void fail(ListenFailed failed) {
        Entry entry = asked.remove(failed.request());
        if (entry != null) {
            forget(entry);
            entry.answer.completeExceptionally(new BindException(failed.text()));
        }
    }

    /** Nobody waits for an answer any more. Returns how many the master owes still. */
    int failAll(String reason) {
        List<Entry> unanswered = List.copyOf(asked.values());
        asked.clear();
        unanswered.forEach(entry -> {
            forget(entry);
            entry.answer.completeExceptionally(refusal(entry.listen.address(), reason));
        });
        owed = unanswered.size();
        return owed;
    }

    /** An answer has come for which nobody waits: whether it was the last of these. */
    boolean lastIsAnswered() {
        return owed > 0 && --owed == 0;
    }

    /** Forgets a granted listener; false if it is not, or no more, ours. */
    boolean release(int listener) {
        Entry entry = granted.remove(listener);
        if (entry == null) {
            return false;
        }
        forget(entry);
        return true;
    }

    /** Forgets every granted listener, and says whose each was. */
    Map<Integer, ClusterServerSocketChannel> releaseAll() {
        Map<Integer, ClusterServerSocketChannel> released = new HashMap<>();
        granted.forEach((listener, entry) -> {
            forget(entry);
            released.put(listener, entry.server);
        });
        granted.clear();
        return released;
    }

    /** The server channels whose listeners were granted. */
    List<ClusterServerSocketChannel> servers() {
        return granted.values().stream().map(Entry::server).toList();
    }

    static BindException refusal(InetSocketAddress address, String reason) {
        return new BindException("can't bind " + address + ": " + reason);
    }

    private void forget(Entry entry) {
        if (entry.numbered) {
            portZero(entry.listen.options()).release(entry.listen.address().getAddress(), entry.listen.ordinal());
        }
    }

    private PortZero portZero(Map<ServerOption, Integer> options) {
        return options.getOrDefault(ServerOption.EXCLUSIVE, 0) == 0 ? shared : exclusive;
    }
}
