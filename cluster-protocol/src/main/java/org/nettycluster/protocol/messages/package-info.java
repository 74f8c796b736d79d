/**
 * What the programs of a master and its workers say to each other: {@link
 * org.nettycluster.protocol.messages.ClusterMessage} for users, and {@link org.nettycluster.protocol.messages.Mailbox},
 * one for each end of a control connection, which both sides share.
 *
 * <p>Everything here is bounded by bytes. Nobody waits for room: whoever finds none is told.
 */
@NullMarked
package org.nettycluster.protocol.messages;

import org.jspecify.annotations.NullMarked;
