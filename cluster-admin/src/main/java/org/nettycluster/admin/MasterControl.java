package org.nettycluster.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.nettycluster.master.ChangeFailedException;
import org.nettycluster.master.ChangeInProgressException;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.ClusterStatus;
import org.nettycluster.master.ReloadOptions;
import org.nettycluster.master.ReloadProgress;
import org.nettycluster.master.ReloadReport;

/** Asks a {@link ClusterMaster}, and says its refusals in the words of the endpoint. Holds nothing of its own. */
public final class MasterControl implements ClusterControl {
    private final ClusterMaster master;
    private final Stop stop;

    /** How this program stops its cluster. */
    @FunctionalInterface
    public interface Stop {
        /** Completed when no worker is left. */
        CompletionStage<Void> stop(boolean atOnce);
    }

    /** @param stop lets the program around the master know; it must end the master */
    public MasterControl(ClusterMaster master, Stop stop) {
        this.master = master;
        this.stop = stop;
    }

    @Override
    public ClusterStatus status() {
        try {
            return master.status();
        } catch (IllegalStateException e) {
            throw refusal(e);
        }
    }

    @Override
    public CompletionStage<ReloadReport> reload(ReloadOptions options) {
        return asked(() -> master.reload(options));
    }

    @Override
    public CompletionStage<Void> scale(int workers) {
        return asked(() -> master.scale(workers));
    }

    @Override
    public CompletionStage<ReloadReport> restart(int slot, Consumer<ReloadProgress> progress) {
        return asked(slot, number -> master.restart(number, progress));
    }

    @Override
    public CompletionStage<Void> pause(int slot) {
        return asked(slot, master::pause);
    }

    @Override
    public CompletionStage<Void> resume(int slot) {
        return asked(slot, master::resume);
    }

    @Override
    public CompletionStage<Void> kill(int slot) {
        return asked(slot, master::kill);
    }

    @Override
    public CompletionStage<Void> stop(boolean atOnce) {
        return stop.stop(atOnce);
    }

    private <T> CompletionStage<T> asked(int slot, IntFunction<CompletionStage<T>> request) {
        List<ClusterStatus.Slot> slots = status().slots();
        if (slots.stream().noneMatch(each -> each.number() == slot)) {
            throw Refusal.unknown(
                    "there is no slot " + slot,
                    slots.isEmpty() ? "this cluster has no fleet" : "name one from 1 to " + slots.size());
        }
        return asked(() -> request.apply(slot));
    }

    private static <T> CompletionStage<T> asked(Supplier<CompletionStage<T>> request) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        CompletionStage<T> asked;
        try {
            asked = request.get();
        } catch (IllegalStateException | IllegalArgumentException e) {
            return CompletableFuture.failedStage(refusal(e));
        }
        asked.whenComplete((value, failure) -> {
            if (failure == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(refusal(failure));
            }
        });
        return answer;
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static RuntimeException refusal(Throwable wrapped) {
        Throwable failure = unwrapped(wrapped);
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof Refusal already) {
            return already;
        }
        if (failure instanceof ChangeInProgressException) {
            return Refusal.conflict(message, "one change at a time: ask again when it has ended");
        }
        if (failure instanceof ChangeFailedException failed) {
            return Refusal.failed(message, "the fleet is as it was: see the worker's last lines", failed.lastLines());
        }
        if (failure instanceof IllegalArgumentException) {
            return Refusal.malformed(message, "correct it");
        }
        if (failure instanceof IllegalStateException) {
            return Refusal.conflict(message, "see the status");
        }
        return new CompletionException(failure);
    }
}
