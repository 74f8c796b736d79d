package org.nettycluster.worker;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.reflect.Field;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells epoll loops from others, on both lines of Netty: a received file descriptor can be registered with no other kind.
 * Stateless; any thread.
 */
final class EpollLoops {
    /** Whether this is Netty 4.2 or later. */
    static final boolean NETTY_4_2 = present("io.netty.channel.IoEventLoop");

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(EpollLoops.class);

    private EpollLoops() {}

    static boolean isEpoll(EventExecutor loop) {
        return NETTY_4_2
                ? EpollIoLoops.isEpoll(loop)
                : "io.netty.channel.epoll.EpollEventLoop".equals(loop.getClass().getName());
    }

    /** The first loop of the acceptor's child group that is not epoll; null where there is none or it can't be seen. */
    static @Nullable EventExecutor strangerAmongChildren(ChannelPipeline server) {
        for (Map.Entry<String, ChannelHandler> entry : server) {
            EventLoopGroup group = childGroup(entry.getValue());
            if (group == null) {
                continue;
            }
            try {
                for (EventExecutor loop : group) {
                    if (!isEpoll(loop)) {
                        return loop;
                    }
                }
            } catch (RuntimeException e) {
                LOGGER.debug("{} does not show its loops: not checked", group, e);
            }
        }
        return null;
    }

    /** What to say about a loop that is none of epoll's. */
    static String advice(String role, String loop) {
        return role + " loop is a " + loop + ", and connections from a master need epoll: build the group as "
                + "new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory()), or as new EpollEventLoopGroup()";
    }

    // ServerBootstrap's acceptor keeps its group private; asking beats an error at the first connection.
    private static @Nullable EventLoopGroup childGroup(ChannelHandler handler) {
        try {
            Field field = handler.getClass().getDeclaredField("childGroup");
            field.setAccessible(true);
            return field.get(handler) instanceof EventLoopGroup group ? group : null;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static boolean present(String name) {
        try {
            Class.forName(name, false, EpollLoops.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
