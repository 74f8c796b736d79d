package org.nettycluster.master.dispatch;

/** What may go wrong, or merely happen, between two steps of the model. */
enum Fault {
    /** Not a fault: a worker's thread runs between two looks of the master at a page. */
    PREEMPTION,
    /** EAGAIN although there is room. */
    FULL,
    /** ETOOMANYREFS. */
    STARVED,
    /** An error on the lane, reported later. */
    DEAD,
    /** EMSGSIZE: the message arrived, its descriptor did not. */
    LOST,
    /** The worker got the descriptor but can't make a channel of it. */
    REFUSAL,
    /** The application closes a child before or as it is registered. */
    EARLY_CLOSE,
    /** shutdown(2) fails, so the worker rings instead. */
    SHUTDOWN_FAILS,
    /** SIGSTOP, or a long collection. */
    STOP,
    /** One event loop is blocked. */
    BLOCK,
    /** AUTO_READ off. */
    WANTS_OFF,
    /** The worker closes its lane; process and child loops live on. */
    LANE_CLOSE,
    /** The process dies. */
    EXIT,
    /** The process dies, but a child of its own holds the lane's socket. */
    EXIT_WITH_GRANDCHILD,
    /** Nonsense in the page. */
    GARBAGE,
    /** A replacement opens its lane. */
    NEW_LANE,
    /** Not a fault: the supervisor pauses a worker, and lets it go on some time later. */
    PAUSE,
    /** The stall watch says that a worker stands, rightly or not, and later that it does not. */
    STALL_SEEN,
    /** Not a fault: the supervisor drains a worker, which hears of it later and closes its lane. */
    DRAIN,
    /** The listener is closed. */
    LISTENER_CLOSE
}
