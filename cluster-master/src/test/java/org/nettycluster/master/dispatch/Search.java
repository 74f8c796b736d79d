package org.nettycluster.master.dispatch;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nettycluster.protocol.ClaimPage;

/**
 * Walks every path through a small model once, by depth first search: the model is run anew for each path, and a path
 * ends where it meets a state that another path has reached before.
 *
 * @param lanes at the start
 * @param window cells of each
 * @param clients all there are; they connect at once
 * @param advances how often half of the rescue time may pass
 * @param faults how often each may happen on one path
 * @param coarse whether a task of a worker's loop is one step
 * @param off rules that are not in force
 */
record Search(
        int lanes, int window, int clients, int advances, Map<Fault, Integer> faults, boolean coarse, Set<Rule> off) {

    /** What was found: states, ends of paths, and the trace of a violation if there was one. */
    record Found(int states, int ends, boolean complete, List<String> trace) {}

    Found all(int statesAtMost) {
        int[] allowed = new int[Fault.values().length];
        faults.forEach((fault, times) -> allowed[fault.ordinal()] = times);
        SearchChoices choices = new SearchChoices(allowed);
        Set<Long> seen = new HashSet<>();
        List<ClaimPage> pages = new ArrayList<>();
        int ends = 0;
        do {
            HandoffModel model = model(choices);
            model.pages = pages;
            try {
                ends += walk(model, choices, seen) ? 1 : 0;
            } catch (Violation e) {
                return new Found(seen.size(), ends, false, trace(choices));
            }
            if (seen.size() >= statesAtMost) {
                return new Found(seen.size(), ends, false, List.of());
            }
        } while (choices.next());
        return new Found(seen.size(), ends, true, List.of());
    }

    private HandoffModel model(SearchChoices choices) {
        HandoffModel model =
                new HandoffModel(choices, off.isEmpty() ? EnumSet.noneOf(Rule.class) : off, window, window);
        model.acceptBatch = 2;
        model.coarse = coarse;
        return model;
    }

    /** Returns whether it came to an end that was not seen before. */
    private boolean walk(HandoffModel model, SearchChoices choices, Set<Long> seen) {
        Actions actions = start(model);
        while (actions.step()) {
            if (choices.isNew() && !seen.add(StateKey.of(model, choices, actions.advances()))) {
                return false;
            }
        }
        choices.freeze();
        new Finale(model, actions).play(false);
        return true;
    }

    private Actions start(HandoffModel model) {
        for (int i = 0; i < lanes; i++) {
            SimWorker worker = model.newLane();
            // Nothing interesting can happen to a lane before its worker wants something.
            while (!worker.laneLoop.ops.isEmpty()) {
                worker.step(0);
            }
        }
        for (int i = 0; i < clients; i++) {
            model.client();
        }
        return new Actions(model, clients, lanes + faults.getOrDefault(Fault.NEW_LANE, 0), advances);
    }

    private List<String> trace(SearchChoices choices) {
        choices.restart();
        HandoffModel model = model(choices).traced();
        try {
            Actions actions = start(model);
            while (actions.step()) {
                // Until it fails again.
            }
            choices.freeze();
            new Finale(model, actions).play(false);
        } catch (Violation e) {
            model.trace("=> %s", e.getMessage());
        }
        return model.traceLines();
    }
}
