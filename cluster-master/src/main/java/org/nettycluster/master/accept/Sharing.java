package org.nettycluster.master.accept;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.nettycluster.master.dispatch.ConnectionLimits;
import org.nettycluster.master.dispatch.Overload;
import org.nettycluster.master.handoff.PageStore;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenUnix;
import org.nettycluster.protocol.ServerOption;

/**
 * Which listeners are shared, so that their workers accept: those whose bind says so, or as the master was told. On the
 * master's loop.
 *
 * <p>A limit of all connections, and clients that are reset because of a limit, need a master that accepts. So does a
 * unix socket.
 */
public final class Sharing {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Sharing.class);

    private final boolean byDefault;
    private final ConnectionLimits limits;
    private final PageStore pages;
    private boolean told;

    /**
     * @param byDefault for a bind that does not say
     * @param limits of the cluster
     * @param pages where turn pages come from
     */
    public Sharing(boolean byDefault, ConnectionLimits limits, PageStore pages) {
        this.byDefault = byDefault;
        this.limits = limits;
        this.pages = pages;
    }

    /** Whether a shared listener can keep to these limits. */
    public static boolean allows(ConnectionLimits limits) {
        return limits.total() == 0 && (!limits.any() || limits.overload() == Overload.WAIT);
    }

    /** The bind with what is meant by what it says of sharing, or by its silence. */
    Listen meaning(Listen listen) {
        Map<ServerOption, Integer> options = new EnumMap<>(ServerOption.class);
        options.putAll(listen.options());
        if (byDefault) {
            options.putIfAbsent(ServerOption.SHARED, 1);
        }
        if (isShared(options) && !allows(limits)) {
            options.remove(ServerOption.SHARED);
            if (!told) {
                told = true;
                LOGGER.warn(
                        "{} is not shared, the master accepts: it takes a master to keep to {}",
                        listen.address(),
                        limits);
            }
        }
        return new Listen(listen.request(), listen.ordinal(), listen.address(), options);
    }

    /** The same at a path, which is never shared: workers share sockets of TCP alone. */
    ListenUnix meaning(ListenUnix listen) {
        if (!isShared(listen.options())) {
            return listen;
        }
        LOGGER.warn("{} is not shared, the master accepts: workers share sockets of TCP alone", listen.path());
        Map<ServerOption, Integer> options = new EnumMap<>(ServerOption.class);
        options.putAll(listen.options());
        options.remove(ServerOption.SHARED);
        return new ListenUnix(listen.request(), listen.path(), options);
    }

    static boolean isShared(Map<ServerOption, Integer> options) {
        return options.getOrDefault(ServerOption.SHARED, 0) != 0;
    }

    PageStore.StoredTurns createTurns() throws IOException {
        return pages.createTurns();
    }

    int limit() {
        return limits.perWorker();
    }
}
