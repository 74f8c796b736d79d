/**
 * What each test of Node's {@code cluster} module pins down, asserted for masters and workers of ours: the promise, not the
 * text. {@code docs/node-compatibility.md} has a row for every test of theirs.
 */
@NullMarked
package org.nettycluster.testsuite.node;

import org.jspecify.annotations.NullMarked;
