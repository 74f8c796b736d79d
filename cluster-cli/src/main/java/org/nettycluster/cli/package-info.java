/**
 * The command {@code ncluster}: reads a command line, starts a master with a fleet, and tells in plain lines what happens
 * until it is asked to stop. It stands above the master's API and uses nothing below it.
 *
 * <p>One thread, main, owns what is known about the fleet; {@link org.nettycluster.cli.Foreground} is its loop.
 */
@NullMarked
package org.nettycluster.cli;

import org.jspecify.annotations.NullMarked;
