/** Small programs that the command runs in its tests: one behaviour, one name. */
@NullMarked
package org.nettycluster.cli.programs;

import org.jspecify.annotations.NullMarked;
