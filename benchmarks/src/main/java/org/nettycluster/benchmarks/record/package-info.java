/**
 * What workers themselves say they did, in a way that outlives kill -9, and what follows from it: whether anything ran
 * twice, and whether a failed attempt of the load generator had been claimed by a worker or was lost on the way.
 *
 * <p>A {@code RecordingServer} in each worker writes a {@code WorkerRecord}; when all is over a {@code RecordReader} reads
 * the files of all workers and a {@code Judgement} holds them against what clients saw.
 */
@NullMarked
package org.nettycluster.benchmarks.record;

import org.jspecify.annotations.NullMarked;
