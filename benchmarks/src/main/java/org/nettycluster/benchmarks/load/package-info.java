/**
 * The load generator: attempts start at a stated rate whether or not answers come, and a ledger says how each one ended.
 *
 * <p>{@code Arrivals} say when an attempt is due, the {@code Pacer} starts it, a {@code Wire} carries it, the
 * {@code Ledger} enters its end, the {@code Report} is what remains. All of it happens on the one event loop of a
 * {@link org.nettycluster.benchmarks.load.LoadRun}; tests use that class, people the command {@code benchmarks/load}.
 */
@NullMarked
package org.nettycluster.benchmarks.load;

import org.jspecify.annotations.NullMarked;
