/**
 * An HTTP server as a worker runs it: HTTP/1.1 and cleartext HTTP/2 on one port, and the same program alone.
 *
 * <p>The end of the flow: what the library hands over are Netty's own channels, so that everything here is ordinary Netty.
 * Two places know of the cluster: {@code HttpExample} asks it for the server channel, {@code ProtocolDetector} installs the
 * handlers that hear that this process is about to leave. {@code SeedExample} is a program by itself and shares nothing with
 * the others.
 */
@NullMarked
package org.nettycluster.examples.http;

import org.jspecify.annotations.NullMarked;
