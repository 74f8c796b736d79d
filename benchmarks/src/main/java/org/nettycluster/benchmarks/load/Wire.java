package org.nettycluster.benchmarks.load;

/** Carries attempts over connections and ends each of them. On the loop of its run. */
interface Wire {
    /** Sends it now, or behind the earlier ones for whose connection it has to wait. */
    void begin(Attempt attempt);

    /** Closes what is still open; no attempt is under way any more. */
    void close();

    /** The one for this mode. */
    static Wire of(LoadPlan plan, Dialer dialer) {
        return switch (plan.mode()) {
            case ONE_SHOT -> new OneShotWire(plan, dialer);
            case KEEP_ALIVE -> new KeepAliveWire(plan, dialer);
            case H2C -> new Http2Wire(plan, dialer);
            case ECHO -> new EchoWire(plan, dialer);
        };
    }
}
