/**
 * The commands that show and change a running cluster: they find its run directory, ask its admin socket, and print a
 * table or the JSON that came. They start no cluster and use no Netty, so that they answer at once.
 *
 * <p>Everything happens on the main thread; a watchdog only closes a connection that takes too long.
 */
@NullMarked
package org.nettycluster.cli.client;

import org.jspecify.annotations.NullMarked;
