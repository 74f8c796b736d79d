package org.nettycluster.protocol;

/** Worker → master: I can serve. No payload. */
public record Ready() implements Frame {}
