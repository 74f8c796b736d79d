/**
 * Those who mean harm, or are broken enough: processes that call the control socket without being workers, and workers
 * that turn bad. Run by the scenarios in {@code faults}, each in a process of its own.
 */
@NullMarked
package org.nettycluster.benchmarks.attack;

import org.jspecify.annotations.NullMarked;
