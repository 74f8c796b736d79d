package org.nettycluster.master;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the master logs while a test runs, warnings and worse; not printed meanwhile. */
public final class LogRecorder extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("org.nettycluster.master");
    private final List<String> warnings = new CopyOnWriteArrayList<>();

    /** Begins to listen. */
    @SuppressWarnings("this-escape")
    public LogRecorder() {
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    @Override
    public void publish(LogRecord record) {
        if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
            warnings.add(record.getMessage());
        }
    }

    /** So far. */
    public List<String> warnings() {
        return warnings;
    }

    /** Waits for a warning with this text in it. */
    public void awaitWarning(String part) throws Exception {
        Eventually.eventually(
                "a warning with '" + part + "' among " + warnings,
                () -> warnings.stream().anyMatch(warning -> warning.contains(part)));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
