package org.nettycluster.master.supervise;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How a fleet is to behave.
 *
 * @param size number of slots, at least 1
 * @param backOffFirst between a first crash and the successor's start
 * @param backOffMost the longest that this grows to
 * @param breaker crashes of one slot within {@code breakerWithin} after which it gives up, 0 for never
 * @param breakerWithin time that the breaker looks back
 * @param readyTimeout within which a worker must be ready, 0 for no limit
 * @param random from 0, inclusive, to 1; for the back-off
 */
public record FleetPlan(
        int size,
        Duration backOffFirst,
        Duration backOffMost,
        int breaker,
        Duration breakerWithin,
        Duration readyTimeout,
        DoubleSupplier random) {
    BackOff backOff() {
        return new BackOff(backOffFirst, backOffMost, random);
    }

    Breaker newBreaker() {
        return new Breaker(breaker, breakerWithin);
    }
}
