package org.nettycluster.master.supervise;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a process ended: with a code, or by a signal; Node's {@code (code, signal)}.
 *
 * @param code exit status, 0 to 255; 128+n where signal n ended it
 * @param signal its name, {@code SIGKILL}, null where the process ended by itself
 */
public record WorkerExit(int code, @Nullable String signal) {
    private static final Map<Integer, String> SIGNALS = Map.ofEntries(
            Map.entry(1, "SIGHUP"),
            Map.entry(2, "SIGINT"),
            Map.entry(3, "SIGQUIT"),
            Map.entry(4, "SIGILL"),
            Map.entry(5, "SIGTRAP"),
            Map.entry(6, "SIGABRT"),
            Map.entry(7, "SIGBUS"),
            Map.entry(8, "SIGFPE"),
            Map.entry(9, "SIGKILL"),
            Map.entry(10, "SIGUSR1"),
            Map.entry(11, "SIGSEGV"),
            Map.entry(12, "SIGUSR2"),
            Map.entry(13, "SIGPIPE"),
            Map.entry(14, "SIGALRM"),
            Map.entry(15, "SIGTERM"));

    /** What {@link Process#exitValue} means: the JDK, and a shell, say 128+n for signal n. */
    public static WorkerExit of(int exitValue) {
        return new WorkerExit(exitValue, SIGNALS.get(exitValue - 128));
    }

    @Override
    public String toString() {
        return signal == null ? "code " + code : signal;
    }
}
