/** Tests of the record and of what is concluded from it. */
@NullMarked
package org.nettycluster.benchmarks.record;

import org.jspecify.annotations.NullMarked;
