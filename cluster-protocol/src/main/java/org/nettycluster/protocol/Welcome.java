package org.nettycluster.protocol;

/**
 * Master → worker, the answer to {@link Hello}: you are known, and this is the version that we speak.
 *
 * <pre>
 * | version (2) |
 * </pre>
 *
 * @param version within the range that the worker offered
 */
public record Welcome(int version) implements Frame {}
