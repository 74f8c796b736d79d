/**
 * Masters and workers as real processes, met by real clients and real faults: what the whole flow promises, from accept to
 * the last FIN. Each test class is one kind of promise; the other classes here are the tools that they share.
 */
@NullMarked
package org.nettycluster.testsuite;

import org.jspecify.annotations.NullMarked;
