/**
 * Who is speaking? The run directory, the unix socket in it, the first frame of each connection, and then either a
 * worker's control connection or one of its lanes. Turns frames into plain calls and back; decides nothing about
 * connections or processes.
 */
@NullMarked
package org.nettycluster.master.control;

import org.jspecify.annotations.NullMarked;
