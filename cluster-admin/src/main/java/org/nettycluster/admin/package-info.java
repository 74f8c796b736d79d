/**
 * Shows and changes a running cluster from outside of its process: HTTP and JSON on a unix socket in the run directory,
 * for the command {@code ncluster} and for scripts. It stands above the master's API and uses nothing below it but the
 * checks of the run directory. Nothing it answers is a secret, and nobody but the cluster's own user gets in.
 */
@NullMarked
package org.nettycluster.admin;

import org.jspecify.annotations.NullMarked;
