/** Faults done to a cluster on purpose, each a program with a criterion and a figure. */
@NullMarked
package org.nettycluster.benchmarks.faults;

import org.jspecify.annotations.NullMarked;
