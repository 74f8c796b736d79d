package org.nettycluster.worker;

import java.time.Duration;

/**
 * User event in the pipeline of every open child, once its worker takes no more connections: finish what runs, answer
 * {@code Connection: close} or GOAWAY, and close. Fired on the child's own loop.
 *
 * @param deadline how long from now, before the connection is closed by force
 */
public record ClusterDraining(Duration deadline) {}
