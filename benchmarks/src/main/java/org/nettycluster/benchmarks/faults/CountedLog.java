package org.nettycluster.benchmarks.faults;

import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** How many lines the master of this JVM would have logged, which are not printed meanwhile. Any thread. */
final class CountedLog extends Handler implements AutoCloseable {
    /** Held, since the log manager forgets the settings of a logger that nobody holds. */
    private static final Logger MASTER = Logger.getLogger("org.nettycluster.master");

    private final AtomicLong lines = new AtomicLong();

    private CountedLog() {}

    static CountedLog instead() {
        CountedLog log = new CountedLog();
        MASTER.addHandler(log);
        MASTER.setUseParentHandlers(false);
        return log;
    }

    long lines() {
        return lines.get();
    }

    @Override
    public void publish(LogRecord line) {
        if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
            lines.incrementAndGet();
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        MASTER.removeHandler(this);
        MASTER.setUseParentHandlers(true);
    }
}
