/**
 * What both sides say to each other: control frames, the hello of a lane, the claim page and the worker's environment.
 *
 * <p>The first room of the flow and the only one that master and worker share. It imports neither of them, starts no
 * thread and owns no file descriptor. See {@code docs/protocol.md} for the sequences.
 */
@NullMarked
package org.nettycluster.protocol;

import org.jspecify.annotations.NullMarked;
