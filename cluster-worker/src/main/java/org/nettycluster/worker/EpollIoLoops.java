package org.nettycluster.worker;

import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.util.concurrent.EventExecutor;

/**
 * The question that only Netty 4.2 can answer, in a class of its own: it is loaded on 4.2 alone. Stateless.
 */
final class EpollIoLoops {
    private EpollIoLoops() {}

    static boolean isEpoll(EventExecutor loop) {
        return loop instanceof IoEventLoop io && io.isCompatible(EpollIoHandle.class);
    }
}
