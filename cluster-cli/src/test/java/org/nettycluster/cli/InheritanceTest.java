package org.nettycluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.accept.InheritedSocket;

final class InheritanceTest {
    @Test
    void socketsOfSystemdBeginAtThreeAndHaveNames() {
        Map<String, String> environment =
                Map.of("LISTEN_FDS", "3", "LISTEN_PID", "4711", "LISTEN_FDNAMES", "web:admin");
        assertThat(Inheritance.activated(environment, 4711))
                .containsExactly(
                        new InheritedSocket(3, "web"), new InheritedSocket(4, "admin"), new InheritedSocket(5, ""));
        assertThat(Inheritance.activated(Map.of("LISTEN_FDS", "1", "LISTEN_PID", "4711"), 4711))
                .containsExactly(new InheritedSocket(3, ""));
    }

    @Test
    void socketsOfSomebodyElseAreNotOurs() {
        assertThat(Inheritance.activated(Map.of("LISTEN_FDS", "1", "LISTEN_PID", "4710"), 4711))
                .isEmpty();
        assertThat(Inheritance.activated(Map.of("LISTEN_FDS", "1"), 4711)).isEmpty();
        assertThat(Inheritance.activated(Map.of(), 4711)).isEmpty();
    }

    @Test
    void countThatIsNoNumberIsTold() {
        assertThatThrownBy(() -> Inheritance.activated(Map.of("LISTEN_FDS", "x", "LISTEN_PID", "1"), 1))
                .hasMessage("LISTEN_FDS=x is no number");
    }
}
