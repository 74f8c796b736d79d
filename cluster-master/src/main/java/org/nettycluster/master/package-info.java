/**
 * The master: {@link org.nettycluster.master.ClusterMaster} and what it shows of its workers. This is the composition
 * root, the only place that sees every room: {@code accept → schedule → dispatch → handoff} for connections, {@code
 * control} for what workers say, {@code supervise} for processes.
 */
@NullMarked
package org.nettycluster.master;

import org.jspecify.annotations.NullMarked;
