package org.nettycluster.examples.grpc;

/** The shapes of call that the load is made of. */
enum Kind {
    UNARY,
    SERVER_STREAMING,
    BIDIRECTIONAL;

    /** The name it has in the report. */
    String key() {
        return switch (this) {
            case UNARY -> "unary";
            case SERVER_STREAMING -> "serverStreaming";
            case BIDIRECTIONAL -> "bidirectional";
        };
    }
}
