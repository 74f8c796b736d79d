/**
 * Processes: how a worker is started, what becomes of it when it ends, and the seats of a fleet. Knows nothing of
 * sockets; shares one fact with the rest of the master, 'this process has ended', which the composition root passes on.
 */
@NullMarked
package org.nettycluster.master.supervise;

import org.jspecify.annotations.NullMarked;
