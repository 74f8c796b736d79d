/**
 * A gRPC server as a worker runs it, with the gRPC library as it is, and a client that loads it.
 *
 * <p>The end of the flow: the library takes any Netty channel factory, and {@code GrpcExample} gives it the cluster's. Its
 * connections live long, so that balance is a matter of connections and not of calls: {@code GrpcLoad} says which worker
 * got how many.
 */
@NullMarked
package org.nettycluster.examples.grpc;

import org.jspecify.annotations.NullMarked;
