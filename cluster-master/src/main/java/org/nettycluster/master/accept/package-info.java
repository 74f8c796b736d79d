/**
 * A client connects: listening sockets, the loop that accepts from them, and which worker's bind means which of them.
 * The first room of a connection. The accepting code only accepts: it asks the dispatcher whether it may, and gives it
 * what it got.
 */
@NullMarked
package org.nettycluster.master.accept;

import org.jspecify.annotations.NullMarked;
