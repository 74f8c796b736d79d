/**
 * Netty's own socket tests, with our server channel on the server's side and every connection through a master. The
 * tests are Netty's, unchanged; this room only says what they run over.
 */
@NullMarked
package org.nettycluster.testsuite;

import org.jspecify.annotations.NullMarked;
