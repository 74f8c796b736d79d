/**
 * Who holds which connection, and what follows from it: the rules of the hand-off as pure decisions. Between
 * {@code schedule}, which it asks, and {@code handoff}, which carries out what is decided here. Imports no Netty; time
 * is an argument; all of it runs on one thread.
 */
@NullMarked
package org.nettycluster.master.dispatch;

import org.jspecify.annotations.NullMarked;
