package org.nettycluster.master.supervise;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * State × event → next state and what is to be done: all that can happen to a place for one process. Pure. An event that
 * is not in the table is a mistake of ours, and loud.
 */
final class SlotMachine {
    /** What {@link Fleet} does after a transition. */
    enum Action {
        /** Nothing. */
        NONE,
        /** Start a process. */
        START,
        /** Ask the process to finish. */
        DRAIN,
        /** End the process: SIGTERM, and SIGKILL if that is not heard. */
        END,
        /** Start another process after the back-off. */
        WAIT,
        /** Say that nothing will be started here. */
        GIVE_UP,
        /** Forget the place. */
        FORGET
    }

    /**
     * One cell of the table.
     *
     * @param next null if the place is gone
     */
    record Step(@Nullable SlotState next, Action action) {
        @Override
        public String toString() {
            String where = next == null ? "gone" : next.toString();
            return action == Action.NONE || action == Action.FORGET
                    ? where
                    : where + ": " + action.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private static final Map<SlotState, Map<SlotEvent, Step>> TABLE = new EnumMap<>(SlotState.class);

    static {
        on(SlotState.STARTING, SlotEvent.READY, SlotState.READY, Action.NONE);
        on(SlotState.STARTING, SlotEvent.LATE, SlotState.STARTING, Action.END);
        on(SlotState.STARTING, SlotEvent.CRASHED, SlotState.BACKING_OFF, Action.WAIT);
        on(SlotState.STARTING, SlotEvent.BROKE, SlotState.GAVE_UP, Action.GIVE_UP);
        on(SlotState.STARTING, SlotEvent.LEFT, null, Action.FORGET);
        on(SlotState.STARTING, SlotEvent.DRAIN, SlotState.DRAINING, Action.DRAIN);
        on(SlotState.STARTING, SlotEvent.STOP, SlotState.STOPPING, Action.END);

        // A worker may say that it is ready as often as it likes.
        on(SlotState.READY, SlotEvent.READY, SlotState.READY, Action.NONE);
        on(SlotState.READY, SlotEvent.CRASHED, SlotState.BACKING_OFF, Action.WAIT);
        on(SlotState.READY, SlotEvent.BROKE, SlotState.GAVE_UP, Action.GIVE_UP);
        on(SlotState.READY, SlotEvent.LEFT, null, Action.FORGET);
        on(SlotState.READY, SlotEvent.DRAIN, SlotState.DRAINING, Action.DRAIN);

        on(SlotState.DRAINING, SlotEvent.READY, SlotState.DRAINING, Action.NONE);
        on(SlotState.DRAINING, SlotEvent.LEFT, null, Action.FORGET);
        on(SlotState.DRAINING, SlotEvent.DRAIN, SlotState.DRAINING, Action.NONE);
        on(SlotState.DRAINING, SlotEvent.DRAINED, SlotState.STOPPING, Action.NONE);

        on(SlotState.STOPPING, SlotEvent.READY, SlotState.STOPPING, Action.NONE);
        on(SlotState.STOPPING, SlotEvent.LEFT, null, Action.FORGET);
        on(SlotState.STOPPING, SlotEvent.DRAIN, SlotState.STOPPING, Action.NONE);
        on(SlotState.STOPPING, SlotEvent.DRAINED, SlotState.STOPPING, Action.NONE);

        on(SlotState.BACKING_OFF, SlotEvent.DUE, SlotState.STARTING, Action.START);
        on(SlotState.BACKING_OFF, SlotEvent.DRAIN, null, Action.FORGET);

        on(SlotState.GAVE_UP, SlotEvent.DUE, SlotState.STARTING, Action.START);
        on(SlotState.GAVE_UP, SlotEvent.DRAIN, null, Action.FORGET);
    }

    private SlotMachine() {}

    private static void on(SlotState state, SlotEvent event, @Nullable SlotState next, Action action) {
        TABLE.computeIfAbsent(state, each -> new EnumMap<>(SlotEvent.class)).put(event, new Step(next, action));
    }

    /** Whether the table has a cell for it. */
    static boolean knows(SlotState state, SlotEvent event) {
        return cell(state, event) != null;
    }

    /**
     * What follows.
     *
     * @throws IllegalStateException if that cannot happen
     */
    static Step step(SlotState state, SlotEvent event) {
        Step step = cell(state, event);
        if (step == null) {
            throw new IllegalStateException("a slot that is " + state + " can't see the event " + event);
        }
        return step;
    }

    private static @Nullable Step cell(SlotState state, SlotEvent event) {
        Map<SlotEvent, Step> row = TABLE.get(state);
        return row == null ? null : row.get(event);
    }

    /** The table as the manual shows it: one row for each event, one column for each state. */
    static String table() {
        StringBuilder text = new StringBuilder("|  |");
        for (SlotState state : SlotState.values()) {
            text.append(' ').append(state).append(" |");
        }
        text.append("\n|")
                .append(" --- |".repeat(SlotState.values().length + 1))
                .append('\n');
        for (SlotEvent event : SlotEvent.values()) {
            StringJoiner row = new StringJoiner(" | ", "| **" + event + "** | ", " |\n");
            Arrays.stream(SlotState.values()).forEach(state -> {
                Step step = cell(state, event);
                row.add(step == null ? "–" : step.toString());
            });
            text.append(row);
        }
        return text.toString();
    }
}
