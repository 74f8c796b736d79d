package org.nettycluster.protocol;

/**
 * Master → worker: what was unclaimed is revoked; close your lanes, let running work end, then say {@link Drained} and
 * exit.
 *
 * <pre>
 * | deadline, milliseconds from now (8) |
 * </pre>
 *
 * @param deadlineMillis how long running connections may take, 0 or more
 */
public record Drain(long deadlineMillis) implements Frame {}
