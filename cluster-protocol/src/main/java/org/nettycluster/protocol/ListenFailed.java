package org.nettycluster.protocol;

/**
 * Master → worker: it could not be bound.
 *
 * <pre>
 * | request (4) | errno (4) | text: string |
 * </pre>
 *
 * @param request of the {@link Listen} that this answers
 * @param errno the system's number, 0 where no system call failed
 * @param text the message for the application, as a local bind would have worded it
 */
public record ListenFailed(int request, int errno, String text) implements Frame {}
