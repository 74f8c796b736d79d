/**
 * Comparisons measured side by side in one run: the figures of the docs come from the mains in this package. Never part
 * of the tests: a timing on a shared machine is no assertion. Their client is the package {@code load}.
 */
@NullMarked
package org.nettycluster.benchmarks;

import org.jspecify.annotations.NullMarked;
