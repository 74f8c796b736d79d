/**
 * The socket and the page below a lane: sends descriptors down, hears the doorbell, creates claim pages. Carries out
 * what {@code dispatch} decides, on the master's loop.
 */
@NullMarked
package org.nettycluster.master.handoff;

import org.jspecify.annotations.NullMarked;
