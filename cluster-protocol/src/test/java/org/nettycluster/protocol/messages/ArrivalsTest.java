package org.nettycluster.protocol.messages;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where no connection comes in the end; those that do need sockets, and are tested in the worker. */
class ArrivalsTest {
    private final List<String> told = new ArrayList<>();
    private final Arrivals arrivals = new Arrivals(
            "the other side",
            ImmediateEventExecutor.INSTANCE,
            null,
            message -> told.add(message.text()),
            charge -> told.add("dropped " + (charge > 0)),
            (word, number) -> told.add(word + " " + number),
            why -> told.add("lane ended: " + why));

    @Test
    void aLostConnectionTakesItsMessageWithItAndNothingElse() {
        arrivals.passed(0, ClusterMessage.text("with one"));
        arrivals.message(ClusterMessage.text("behind"));
        assertThat(told).isEmpty();
        arrivals.lost();
        assertThat(told).containsExactly("LOST 0", "HANDLED 0", "dropped true", "behind");
    }

    @Test
    void theSameIfTheMessageComesLater() {
        arrivals.lost();
        arrivals.message(ClusterMessage.text("before"));
        arrivals.passed(0, ClusterMessage.text("with one"));
        assertThat(told).containsExactly("before", "LOST 0", "HANDLED 0", "dropped true");
    }

    @Test
    void theEndOfTheLaneIsTheEndOfTheWait() {
        arrivals.passed(0, ClusterMessage.text("with one"));
        arrivals.message(ClusterMessage.text("behind"));
        arrivals.ended("it was closed");
        assertThat(told).containsExactly("lane ended: it was closed", "LOST 0", "dropped true", "behind");
        told.clear();
        arrivals.passed(1, ClusterMessage.text("later"));
        assertThat(told).containsExactly("LOST 1", "dropped true");
    }

    @Test
    void aNumberThatCanBeNobodysIsNotWaitedFor() {
        arrivals.passed(Departures.WINDOW, ClusterMessage.text("far ahead"));
        arrivals.passed(-1, ClusterMessage.text("long gone"));
        arrivals.message(ClusterMessage.text("behind"));
        assertThat(told)
                .containsExactly("LOST " + Departures.WINDOW, "dropped true", "LOST -1", "dropped true", "behind");
    }

    @Test
    void aMessageWithoutRoomIsWaitedForAllTheSame() {
        arrivals.passed(0, null);
        arrivals.lost();
        assertThat(told).containsExactly("LOST 0", "HANDLED 0");
    }
}
