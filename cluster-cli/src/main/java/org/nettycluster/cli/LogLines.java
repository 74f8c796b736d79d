package org.nettycluster.cli;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The command's own log: lines on standard error, {@code warning: …}. Causes stand in the line; stack traces only where
 * the user asked for more.
 */
final class LogLines extends Formatter {
    /** Held here, since the log manager forgets the level of a logger that nobody holds. */
    private static final Logger OURS = Logger.getLogger("org.nettycluster");

    private final boolean verbose;

    LogLines(boolean verbose) {
        this.verbose = verbose;
    }

    /**
     * Replaces whatever java.util.logging was configured with; may be called again with another answer.
     *
     * @param lines takes each line, on the thread that logs it
     */
    static void install(boolean verbose, Consumer<String> lines) {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.setLevel(verbose ? Level.INFO : Level.WARNING);
        OURS.setLevel(verbose ? Level.FINE : null);
        root.addHandler(new Passing(new LogLines(verbose), lines));
    }

    @Override
    public String format(LogRecord line) {
        StringBuilder text = new StringBuilder(word(line.getLevel())).append(": ");
        if (verbose) {
            text.append('[').append(line.getLoggerName()).append("] ");
        }
        text.append(formatMessage(line));
        Throwable cause = line.getThrown();
        if (cause != null && verbose) {
            text.append(System.lineSeparator()).append(trace(cause));
        } else {
            for (Throwable each = cause; each != null; each = each.getCause()) {
                text.append(": ").append(each);
            }
        }
        return text.toString();
    }

    private static String word(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "error";
        }
        return level.intValue() < Level.INFO.intValue()
                ? "debug"
                : level.getName().toLowerCase(Locale.ROOT);
    }

    private static String trace(Throwable cause) {
        StringWriter trace = new StringWriter();
        cause.printStackTrace(new PrintWriter(trace));
        return trace.toString().stripTrailing();
    }

    private static final class Passing extends Handler {
        private final Consumer<String> lines;

        Passing(Formatter formatter, Consumer<String> lines) {
            this.lines = lines;
            setFormatter(formatter);
        }

        @Override
        public void publish(@Nullable LogRecord line) {
            if (line != null && isLoggable(line)) {
                lines.accept(getFormatter().format(line));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
