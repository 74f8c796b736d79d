package org.nettycluster.master.supervise;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A signal by its name, sent with the shell's own kill: the JDK can only send SIGTERM and SIGKILL, and we call no native
 * code. Immutable.
 */
record Signal(String name) {
    /** Without SIG, in capitals, as POSIX writes it for kill(1). */
    Signal {
        String bare = name.toUpperCase(Locale.ROOT);
        name = bare.startsWith("SIG") ? bare.substring(3) : bare;
        if (!name.matches("[A-Z][A-Z0-9+-]{1,15}")) {
            throw unknown(name);
        }
    }

    /** Waits until it is sent; false if the process has ended. */
    boolean send(ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        try {
            Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -s " + name + " " + process.pid())
                    .redirectErrorStream(true)
                    .start();
            String said;
            try (InputStream words = kill.getInputStream()) {
                said = new String(words.readAllBytes(), StandardCharsets.UTF_8).strip();
            }
            if (kill.waitFor() == 0) {
                return true;
            }
            if (!process.isAlive()) {
                return false;
            }
            if (said.contains("No such process") || said.contains("not permitted")) {
                throw new UncheckedIOException(new IOException("can't send SIG" + name + ": " + said));
            }
            throw unknown(name);
        } catch (IOException e) {
            throw new UncheckedIOException("can't send SIG" + name + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("signal '" + name + "' is unknown: give a name such as SIGTERM or HUP");
    }
}
