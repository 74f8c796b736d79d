/**
 * Handlers that do what {@link org.nettycluster.worker.ClusterDraining} asks for, in the way each protocol has for that:
 * {@link org.nettycluster.worker.drain.Http1DrainHandler}, {@link org.nettycluster.worker.drain.Http2DrainHandler},
 * {@link org.nettycluster.worker.drain.WebSocketDrainHandler}.
 *
 * <p>At the end of the flow, in the pipelines of applications: the worker fires the event and knows none of them. They need
 * {@code netty-codec-http} and {@code netty-codec-http2}, which the worker does not bring along. In a program that runs
 * alone the event never comes, and they do nothing.
 */
@NullMarked
package org.nettycluster.worker.drain;

import org.jspecify.annotations.NullMarked;
