package org.nettycluster.worker;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenFailed;
import org.nettycluster.protocol.ListenUnix;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.ServerOption;

/**
 * The listeners of this worker: those asked for and those granted, each with its server channel. On the control loop;
 * sends nothing itself.
 */
final class Binds {
    private record Entry(
            ClusterServerChannel server, SocketAddress address, Frame frame, CompletableFuture<Listening> answer) {}

    private final Map<Integer, Entry> asked = new HashMap<>();
    private final Map<Integer, Entry> granted = new HashMap<>();
    private final PortZero shared = new PortZero();
    // Counted apart: the n-th shared bind is the n-th of other workers, who may bind nothing for themselves.
    private final PortZero exclusive = new PortZero();
    private int requests;
    private int owed;

    /** What to ask the master for this channel. */
    Frame ask(
            ClusterServerChannel server,
            SocketAddress address,
            Map<ServerOption, Integer> options,
            CompletableFuture<Listening> answer) {
        int request = requests++;
        Frame frame;
        if (address instanceof InetSocketAddress inet) {
            int ordinal = inet.getPort() == 0 ? portZero(options).take(inet.getAddress()) : 0;
            frame = new Listen(request, ordinal, inet, options);
        } else {
            frame = new ListenUnix(request, ((DomainSocketAddress) address).path(), options);
        }
        asked.put(request, new Entry(server, address, frame, answer));
        return frame;
    }

    /** The master does not know this type: if it is of a bind, that one is answered. */
    void unrecognised(int type) {
        if (type != ListenUnix.TYPE) {
            return;
        }
        for (Map.Entry<Integer, Entry> each : List.copyOf(asked.entrySet())) {
            Entry entry = each.getValue();
            if (entry.frame instanceof ListenUnix) {
                asked.remove(each.getKey());
                entry.answer.completeExceptionally(refusal(
                        entry.address, "the master is of an earlier version and listens on TCP addresses only"));
            }
        }
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
            entry.answer.completeExceptionally(refusal(entry.address, reason));
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
    Map<Integer, ClusterServerChannel> releaseAll() {
        Map<Integer, ClusterServerChannel> released = new HashMap<>();
        granted.forEach((listener, entry) -> {
            forget(entry);
            released.put(listener, entry.server);
        });
        granted.clear();
        return released;
    }

    /** The server channels whose listeners were granted. */
    List<ClusterServerChannel> servers() {
        return granted.values().stream().map(Entry::server).toList();
    }

    /** Of what was granted a moment ago, by the name that the program has given it. */
    BindException refusal(Listening listening, String reason) {
        Entry entry = granted.get(listening.listener());
        return refusal(entry == null ? listening.address() : entry.address, reason);
    }

    static BindException refusal(SocketAddress address, String reason) {
        return new BindException("can't bind " + address + ": " + reason);
    }

    private void forget(Entry entry) {
        if (entry.frame instanceof Listen listen && listen.address().getPort() == 0) {
            portZero(listen.options()).release(listen.address().getAddress(), listen.ordinal());
        }
    }

    private PortZero portZero(Map<ServerOption, Integer> options) {
        return options.getOrDefault(ServerOption.EXCLUSIVE, 0) == 0 ? shared : exclusive;
    }
}
