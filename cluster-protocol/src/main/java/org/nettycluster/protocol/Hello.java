package org.nettycluster.protocol;

/**
 * Worker → master, the first frame of a control connection: who I am and what I speak.
 *
 * <pre>
 * | oldest version (2) | newest version (2) | number (4) | generation (4) | token (16) | pid (8) |
 * </pre>
 *
 * @param oldest the oldest protocol version that the worker speaks
 * @param newest the newest one
 * @param worker who it says it is
 * @param token proves it
 * @param pid of the worker's JVM, for logs (a shell may stand between us)
 */
public record Hello(int oldest, int newest, WorkerId worker, Token token, long pid) implements Frame {}
