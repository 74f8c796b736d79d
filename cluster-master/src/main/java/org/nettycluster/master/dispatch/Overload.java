package org.nettycluster.master.dispatch;

/** What happens to clients for whom a limit of connections leaves no place. */
public enum Overload {
    /** They wait in the kernel's backlog until one ends; beyond the backlog the kernel makes them try again, later. */
    WAIT,
    /** They are accepted and reset at once, so that a balancer can turn to another machine. */
    RESET
}
