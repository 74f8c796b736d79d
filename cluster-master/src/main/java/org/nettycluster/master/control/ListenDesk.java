package org.nettycluster.master.control;

import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.accept.ListenerRegistry;
import org.nettycluster.master.dispatch.HandoffCounters;
import org.nettycluster.master.handoff.ErrnoOf;
import org.nettycluster.master.handoff.PageStore;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenFailed;
import org.nettycluster.protocol.ListenUnix;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.WorkerId;

/**
 * Answers one worker's binds: a listener, its own or shared, and a claim page; or why not. On the master's loop. Keeps
 * no page: whoever sends the answer owns it.
 */
final class ListenDesk {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ListenDesk.class);
    private static final int MOST_LISTENERS = 256;
    private static final int EMFILE = 24;
    private static final int EADDRINUSE = 98;
    private static final int ESHUTDOWN = 108;
    /** The protocol allows 4096 bytes, and a character is at most three. */
    private static final int LONGEST_TEXT = 1024;
    /** What stands for the address of a unix socket, whose path the worker knows. */
    private static final InetSocketAddress NO_ADDRESS = new InetSocketAddress("0.0.0.0", 0);

    static {
        // Loaded while they can be: with no descriptor left, a bind that fails could not even load its answer.
        LOGGER.trace("binds that fail are answered with {}, counts with {}", ListenFailed.class, HandoffCounters.class);
    }

    private final WorkerId worker;
    private final Audit audit;
    private final ListenerRegistry registry;
    private final PageStore pages;
    private final int window;
    private boolean warned;

    ListenDesk(WorkerId worker, Audit audit, ListenerRegistry registry, PageStore pages, int window) {
        this.worker = worker;
        this.audit = audit;
        this.registry = registry;
        this.pages = pages;
        this.window = window;
    }

    /**
     * What a bind has led to.
     *
     * @param frame for the worker
     * @param promise null if the bind has failed
     */
    record Answer(Frame frame, @Nullable Promise promise) {}

    /**
     * A lane that the worker may open.
     *
     * @param request of the bind
     * @param listener its number
     * @param page which the lane takes over
     * @param limit connections that it has at most at once; 0 for no limit
     */
    record Promise(int request, int listener, PageStore.StoredPage page, int limit) {}

    Answer answer(Listen asked, Audit.Peer peer, boolean draining) {
        Listen listen = registry.meaning(asked);
        return answer(listen.request(), listen.options(), () -> registry.listen(worker, listen), peer, draining);
    }

    Answer answer(ListenUnix asked, Audit.Peer peer, boolean draining) {
        ListenUnix listen = registry.meaning(asked);
        return answer(listen.request(), listen.options(), () -> registry.listen(worker, listen), peer, draining);
    }

    private interface Join {
        ListenerRegistry.Joined join() throws IOException;
    }

    private Answer answer(
            int request, Map<ServerOption, Integer> options, Join join, Audit.Peer peer, boolean draining) {
        if (draining) {
            return failed(
                    request,
                    ESHUTDOWN,
                    "the master has asked worker " + worker + " to finish: it binds nothing any more");
        }
        if (registry.memberships(worker) >= MOST_LISTENERS) {
            String limit = "a worker listens at most at " + MOST_LISTENERS + " addresses";
            audit.refused(
                    peer, Audit.Offence.TOO_MANY, "worker " + worker + " binds one more address", limit, "answered no");
            return failed(request, EMFILE, limit);
        }
        ListenerRegistry.Joined joined;
        try {
            joined = join.join();
        } catch (ListenerRegistry.AlreadyListeningException | BindException e) {
            return failed(request, EADDRINUSE, message(e));
        } catch (IOException e) {
            int errno = e instanceof NativeIoException failure ? ErrnoOf.number(failure) : 0;
            return failed(request, errno, message(e));
        }
        int limit = Math.max(0, options.getOrDefault(ServerOption.MAX_CONNECTIONS, 0));
        Map<ServerOption, Integer> granted = granted(options, joined);
        compare(options, granted, joined);
        int listener = joined.listener().number();
        Listening.@Nullable Share share;
        PageStore.StoredPage page;
        try {
            share = joined.listener().share(worker);
            page = pages.create(window);
        } catch (IOException e) {
            registry.leave(worker, listener);
            return failed(request, 0, message(e));
        }
        Listening listening = new Listening(
                request,
                listener,
                window,
                joined.listener().address() instanceof InetSocketAddress inet ? inet : NO_ADDRESS,
                page.file().toString(),
                granted,
                share);
        return new Answer(listening, new Promise(request, listener, page, limit));
    }

    /** What holds for this worker: the options of whoever has bound the socket, but its own limit. */
    private static Map<ServerOption, Integer> granted(
            Map<ServerOption, Integer> asked, ListenerRegistry.Joined joined) {
        Map<ServerOption, Integer> granted = new EnumMap<>(ServerOption.class);
        granted.putAll(joined.options());
        granted.remove(ServerOption.MAX_CONNECTIONS);
        Integer limit = asked.get(ServerOption.MAX_CONNECTIONS);
        if (limit != null) {
            granted.put(ServerOption.MAX_CONNECTIONS, limit);
        }
        return granted;
    }

    /** Says, once for each worker since it may bind as often as it likes, that it did not get what it asked for. */
    private void compare(
            Map<ServerOption, Integer> asked, Map<ServerOption, Integer> granted, ListenerRegistry.Joined joined) {
        if (!granted.equals(asked) && !warned) {
            warned = true;
            LOGGER.warn(
                    "worker {} shares {} but asked for other options: it gets {} and not {}",
                    worker,
                    joined.listener(),
                    granted,
                    asked);
        }
    }

    private static Answer failed(int request, int errno, String text) {
        String shortened = text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 1) + "…";
        return new Answer(new ListenFailed(request, errno, shortened), null);
    }

    private static String message(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
