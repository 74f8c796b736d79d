package org.nettycluster.master.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The process that a worker's token was made for: the one that the master has started, or one below it, since a shell may
 * stand between; for a worker that somebody else starts, whoever says hello first. On the master's loop.
 *
 * <p>Processes are told apart by id and start time, so that an id that is used again is another process.
 */
final class Bearer {
    private static final int DEEPEST = 32;

    private final boolean child;
    private final List<Runnable> waiting = new ArrayList<>();
    private @Nullable ProcessHandle process;
    private long speaker = -1;

    /** @param child whether the master starts it, and will say which process it is */
    Bearer(boolean child) {
        this.child = child;
    }

    /** Whether {@link #mayBe} can be answered: a process may call before the master knows what it has started. */
    boolean isKnown() {
        return !child || process != null;
    }

    /** Carried out as soon as it is known, or nobody will come. */
    void whenKnown(Runnable task) {
        waiting.add(task);
    }

    /** It was started. */
    void started(ProcessHandle started) {
        process = started;
        goOn();
    }

    /** Nobody is waited for any more. */
    void goOn() {
        List<Runnable> tasks = List.copyOf(waiting);
        waiting.clear();
        tasks.forEach(Runnable::run);
    }

    /** Whether the process with this id may say hello. Reads /proc: to be asked only of who knows the token. */
    boolean mayBe(long pid) {
        ProcessHandle ours = process;
        if (ours == null) {
            return !child;
        }
        Optional<ProcessHandle> each = ProcessHandle.of(pid);
        for (int i = 0; i < DEEPEST && each.isPresent(); i++) {
            // Compares start times, too.
            if (each.get().equals(ours)) {
                return true;
            }
            each = each.get().parent();
        }
        return false;
    }

    /** This one has said hello. */
    void speaks(long pid) {
        speaker = pid;
    }

    /** Whether it is the process that has said hello: lanes are its alone. */
    boolean speaksAs(long pid) {
        return speaker == pid;
    }

    /** In words, for whoever is refused. */
    @Override
    public String toString() {
        return process == null
                ? "process " + speaker + ", which said hello"
                : "process " + process.pid() + ", which the master has started, and those below it";
    }
}
