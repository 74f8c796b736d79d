/** The load generator against servers that misbehave in one way each: every outcome is told, and the counts add up. */
@NullMarked
package org.nettycluster.benchmarks.load;

import org.jspecify.annotations.NullMarked;
