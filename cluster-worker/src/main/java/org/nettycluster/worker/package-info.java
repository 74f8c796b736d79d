/**
 * The worker's side: a server channel whose connections come from the master.
 *
 * <p>The last room of the flow. {@code bind} asks the master for a listener over the control connection; each listener
 * gets a lane, on which file descriptors arrive; the lane wraps each into a child channel, and the gate at the head of
 * the child's pipeline claims it before the application sees it. Nothing here knows the master's code: both sides share
 * only {@link org.nettycluster.protocol}.
 *
 * <p>One class file serves Netty 4.1 and 4.2; what exists in 4.2 only is named in
 * {@link org.nettycluster.worker.EpollIoLoops} and {@link org.nettycluster.worker.ExclusiveQueue}, and nowhere else.
 */
@NullMarked
package org.nettycluster.worker;

import org.jspecify.annotations.NullMarked;
