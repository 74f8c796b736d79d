package org.nettycluster.protocol;

/** Worker → master: the last connection has ended, or the deadline has passed. No payload. */
public record Drained() implements Frame {}
