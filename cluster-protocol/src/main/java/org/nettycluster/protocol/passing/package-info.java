/**
 * Connections that one program passes to the other, beneath the messages that they come with: taking a channel out of
 * Netty, the lane that carries its descriptor, and what the receiver may do with it. For programs there is {@link
 * org.nettycluster.protocol.passing.PassedConnection}; the rest is between master and worker.
 */
@NullMarked
package org.nettycluster.protocol.passing;

import org.jspecify.annotations.NullMarked;
