/**
 * Which worker should have the next connection? Between accepting and handing off: pure decisions over what the
 * dispatcher knows of each lane; no sockets, no clock, no state of its own where it can be avoided.
 */
@NullMarked
package org.nettycluster.master.schedule;

import org.jspecify.annotations.NullMarked;
