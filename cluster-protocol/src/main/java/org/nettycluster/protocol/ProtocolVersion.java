package org.nettycluster.protocol;

/** The versions of the control protocol that this library speaks, and how two sides agree on one. */
public final class ProtocolVersion {
    /** The newest version that we speak. */
    public static final int NEWEST = 1;
    /** The oldest version that we speak. */
    public static final int OLDEST = 1;

    private ProtocolVersion() {}

    /**
     * The newest version that both sides speak.
     *
     * @throws ProtocolException naming both ranges where they do not overlap
     */
    public static int agree(Hello hello) throws ProtocolException {
        int version = Math.min(hello.newest(), NEWEST);
        if (hello.oldest() > hello.newest() || version < hello.oldest() || version < OLDEST) {
            throw new ProtocolException(
                    "worker " + hello.worker() + " speaks protocol versions " + hello.oldest() + " to "
                            + hello.newest() + ", the master " + OLDEST + " to " + NEWEST
                            + ": use libraries of neighbouring releases");
        }
        return version;
    }
}
