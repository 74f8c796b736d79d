package org.nettycluster.protocol;

/**
 * Either way: a {@link Request} that has no answer: its handler failed, or it was refused.
 *
 * <pre>
 * | correlation (4) | text: string |
 * </pre>
 *
 * @param correlation of the request
 * @param text a sentence for whoever asked
 */
public record RequestFailed(int correlation, String text) implements MessageFrame {}
