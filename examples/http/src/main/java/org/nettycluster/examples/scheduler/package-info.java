/** A scheduler of one's own: which worker gets the next connection. It runs in the master, the rest in workers. */
@NullMarked
package org.nettycluster.examples.scheduler;

import org.jspecify.annotations.NullMarked;
