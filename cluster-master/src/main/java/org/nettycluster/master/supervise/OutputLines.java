package org.nettycluster.master.supervise;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.util.function.Consumer;

/**
 * Cuts what a process prints into lines. A line that does not end within {@value #LONGEST} characters is cut there: a
 * worker must not fill the master's memory. Used by one thread.
 */
final class OutputLines {
    static final int LONGEST = 16 * 1024;

    private final Consumer<String> lines;
    private final StringBuilder line = new StringBuilder();
    private boolean afterReturn;

    OutputLines(Consumer<String> lines) {
        this.lines = lines;
    }

    /** Reads to the end, and closes. What stands behind the last line end is a line, too. */
    void readAll(InputStream from) throws IOException {
        try (Reader in = new BufferedReader(new InputStreamReader(from, Charset.defaultCharset()))) {
            for (int next = in.read(); next != -1; next = in.read()) {
                take((char) next);
            }
        } finally {
            if (line.length() > 0) {
                emit();
            }
        }
    }

    private void take(char next) {
        boolean pair = afterReturn && next == '\n';
        afterReturn = next == '\r';
        if (pair) {
            return;
        }
        if (next == '\n' || next == '\r') {
            emit();
            return;
        }
        line.append(next);
        if (line.length() == LONGEST) {
            emit();
        }
    }

    private void emit() {
        String text = line.toString();
        line.setLength(0);
        lines.accept(text);
    }
}
