package org.nettycluster.testsuite;

import java.io.IOException;
import org.nettycluster.protocol.WorkerEnvironment;

/** The master that accepts for this JVM, wherever it runs. */
interface Master extends AutoCloseable {
    /** A system property: whether the worker accepts for itself. */
    String SHARED = "ncluster.shared";

    /** Lets this JVM in as its one worker. */
    WorkerEnvironment environment();

    /** The process that holds the master's sockets. */
    long pid();

    @Override
    void close() throws IOException;
}
