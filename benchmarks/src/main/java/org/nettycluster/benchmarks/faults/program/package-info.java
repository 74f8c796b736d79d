/**
 * Programs that workers run, good and bad. Each is one class file: {@code ProgramJar} packs it alone, and it may use
 * nothing but the JDK and, by its name, the HTTP example that lies beside it.
 */
@NullMarked
package org.nettycluster.benchmarks.faults.program;

import org.jspecify.annotations.NullMarked;
