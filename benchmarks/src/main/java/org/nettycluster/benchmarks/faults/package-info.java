/**
 * Faults done to a cluster on purpose, one scenario each: a real cluster under load, something bad that happens to it, and
 * a criterion with a figure.
 *
 * <p>The {@code FaultsCommand} gives each {@link org.nettycluster.benchmarks.faults.Scenario} a
 * {@link org.nettycluster.benchmarks.faults.Stage}; there it starts a {@code RunningCluster} in processes of its own, puts
 * a load of the package {@code load} on it, and fills in a {@link org.nettycluster.benchmarks.faults.Verdict}. People run
 * the command {@code benchmarks/faults}.
 */
@NullMarked
package org.nettycluster.benchmarks.faults;

import org.jspecify.annotations.NullMarked;
