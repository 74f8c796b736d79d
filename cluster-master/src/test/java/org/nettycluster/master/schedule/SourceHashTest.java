package org.nettycluster.master.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nettycluster.protocol.WorkerId;

class SourceHashTest {
    private static final int CLIENTS = 10_000;

    private final SourceHash hash = new SourceHash();

    private static Arrival ipv4(int host) {
        return ipv4(host, 40_000);
    }

    private static Arrival ipv4(int host, int port) {
        return Arrival.of(1, new byte[] {
            10, (byte) (host >> 16), (byte) (host >> 8), (byte) host, 0, 0, (byte) (port >> 8), (byte) port
        });
    }

    private static Arrival ipv6(int network, int host) {
        byte[] address = new byte[24];
        address[0] = 0x20;
        address[1] = 1;
        address[7] = (byte) network;
        address[14] = (byte) (host >> 8);
        address[15] = (byte) host;
        return Arrival.of(1, address);
    }

    private WorkerId chosen(SourceHash hash, Arrival arrival, Worker... workers) {
        return workers[hash.next(List.of(workers), arrival)].id;
    }

    private WorkerId chosen(Arrival arrival, Worker... workers) {
        return chosen(hash, arrival, workers);
    }

    @Test
    void allConnectionsOfOneClientGoToOneWorker() {
        Worker[] workers = Worker.slots(4);
        for (int client = 0; client < 100; client++) {
            WorkerId first = chosen(ipv4(client, 40_000), workers);
            workers[first.number() - 1].connections(1_000).given(1_000);
            for (int port = 40_001; port < 40_020; port++) {
                assertThat(chosen(ipv4(client, port), workers)).isEqualTo(first);
            }
        }
    }

    @Test
    void clientsAreSpreadEvenly() {
        Worker[] workers = Worker.slots(4);
        int[] clients = new int[5];
        for (int client = 0; client < CLIENTS; client++) {
            clients[chosen(ipv4(client), workers).number()]++;
        }

        assertThat(Arrays.stream(clients).skip(1)).allMatch(count -> count > 2_350 && count < 2_650);
    }

    @Test
    void aReloadMovesNobody() {
        Worker[] before = Worker.slots(4);
        Worker[] after = {new Worker(3, 2), new Worker(1, 2), new Worker(4, 7), new Worker(2, 3)};
        for (int client = 0; client < CLIENTS; client++) {
            assertThat(chosen(ipv4(client), after).number())
                    .isEqualTo(chosen(ipv4(client), before).number());
        }
    }

    @Test
    void whileAWorkerIsReplacedItsClientsGoToTheNewOne() {
        Worker old = new Worker(1, 1);
        Worker young = new Worker(1, 2);

        assertThat(chosen(ipv4(1), old, young)).isEqualTo(young.id);
        assertThat(chosen(ipv4(1), young, old)).isEqualTo(young.id);
        assertThat(chosen(ipv4(1), young.full(), old)).as("the same seat first").isEqualTo(old.id);
    }

    @Test
    void aWorkerMoreMovesOnlyWhomItWins() {
        Worker[] four = Worker.slots(4);
        Worker[] five = Worker.slots(5);
        int moved = 0;
        for (int client = 0; client < CLIENTS; client++) {
            WorkerId before = chosen(ipv4(client), four);
            WorkerId after = chosen(ipv4(client), five);
            if (!after.equals(before)) {
                assertThat(after.number()).isEqualTo(5);
                moved++;
            }
        }

        assertThat(moved).as("a fifth").isBetween(1_880, 2_120);
    }

    @Test
    void aWorkerThatIsLateMovesOnlyItsOwnClientsAndNotAllToOneOther() {
        Worker[] all = Worker.slots(4);
        List<Worker> withoutTwo = new ArrayList<>(List.of(all));
        withoutTwo.remove(1);
        int[] inherited = new int[5];
        for (int client = 0; client < CLIENTS; client++) {
            WorkerId before = chosen(ipv4(client), all);
            WorkerId after = chosen(ipv4(client), withoutTwo.toArray(Worker[]::new));
            if (before.number() == 2) {
                inherited[after.number()]++;
            } else {
                assertThat(after).isEqualTo(before);
            }
        }

        assertThat(List.of(inherited[1], inherited[3], inherited[4])).allMatch(count -> count > 730 && count < 930);
    }

    @Test
    void whenTheUsualWorkerIsFullItsClientGoesToItsSecondChoiceAndNobodyWaits() {
        Worker[] workers = Worker.slots(4);
        WorkerId usual = chosen(ipv4(7), workers);
        List<Worker> without = new ArrayList<>(List.of(workers));
        without.removeIf(worker -> worker.id.equals(usual));
        WorkerId second = chosen(ipv4(7), without.toArray(Worker[]::new));

        workers[usual.number() - 1].full();
        assertThat(chosen(ipv4(7), workers)).isEqualTo(second);

        Arrays.stream(workers).forEach(Worker::full);
        assertThat(hash.next(List.of(workers), ipv4(7))).isEqualTo(Scheduler.WAIT);
    }

    @Test
    void beforeTheClientIsKnownAnybodysPlaceIsAPlace() {
        Worker[] workers = Worker.slots(4);
        for (int free = 0; free < 4; free++) {
            Arrays.stream(workers).forEach(Worker::full);
            workers[free].freeCells = 1;
            assertThat(hash.next(List.of(workers), Arrival.expected(1))).isEqualTo(free);
        }
        Arrays.stream(workers).forEach(Worker::full);
        assertThat(hash.next(List.of(workers), Arrival.expected(1))).isEqualTo(Scheduler.WAIT);
    }

    @Test
    void theOrderOfTheWorkersDoesNotMatter() {
        Worker[] workers = Worker.slots(5);
        List<Worker> turned = new ArrayList<>(List.of(workers));
        Collections.reverse(turned);
        for (int client = 0; client < 500; client++) {
            assertThat(chosen(ipv4(client), turned.toArray(Worker[]::new))).isEqualTo(chosen(ipv4(client), workers));
        }
    }

    @Test
    void aPrefixKeepsANetworkTogether() {
        SourceHash byNetwork = new SourceHash(24, 64);
        Worker[] workers = Worker.slots(8);
        Set<WorkerId> networks4 = new HashSet<>();
        Set<WorkerId> networks6 = new HashSet<>();
        for (int network = 0; network < 60; network++) {
            Set<WorkerId> hosts = new HashSet<>();
            for (int host = 0; host < 256; host++) {
                hosts.add(chosen(byNetwork, ipv4(network << 8 | host), workers));
            }
            assertThat(hosts).hasSize(1);
            networks4.addAll(hosts);
            hosts.clear();
            for (int host = 0; host < 256; host++) {
                hosts.add(chosen(byNetwork, ipv6(network, host), workers));
            }
            assertThat(hosts).hasSize(1);
            networks6.addAll(hosts);
        }
        assertThat(networks4).hasSize(8);
        assertThat(networks6).hasSize(8);
    }

    @Test
    void aPrefixNeedNotEndAtAByte() {
        SourceHash bits30 = new SourceHash(30, 128);
        Worker[] workers = Worker.slots(64);
        for (int network = 0; network < 100; network++) {
            Set<WorkerId> hosts = new HashSet<>();
            for (int host = 0; host < 4; host++) {
                hosts.add(chosen(bits30, ipv4(network << 2 | host), workers));
            }
            assertThat(hosts).hasSize(1);
        }
        assertThat(chosen(bits30, ipv4(0), workers)).isNotEqualTo(chosen(bits30, ipv4(4), workers));
    }

    @Test
    void theLastBitOfAWholeAddressCounts() {
        Worker[] workers = Worker.slots(64);
        Set<WorkerId> hosts = new HashSet<>();
        for (int host = 0; host < 1_000; host++) {
            hosts.add(chosen(ipv6(1, host), workers));
        }

        assertThat(hosts).hasSize(64);
    }

    @Test
    void anIpv4ClientOfAnIpv6SocketIsTheSameClient() {
        byte[] mapped = new byte[24];
        mapped[10] = -1;
        mapped[11] = -1;
        mapped[12] = 10;
        mapped[15] = 77;
        Worker[] workers = Worker.slots(64);

        assertThat(Arrival.of(1, mapped).host()).containsExactly(10, 0, 0, 77);
        assertThat(chosen(new SourceHash(24, 64), Arrival.of(1, mapped), workers))
                .isEqualTo(chosen(new SourceHash(24, 64), ipv4(77), workers));
    }

    @Test
    void aSlotAndAWorkerWithoutOneAreTwoThoughTheyHaveOneNumber() {
        Worker slot = new Worker(1, 1);
        Worker fork = new Worker(1, 0);
        Set<WorkerId> chosen = new HashSet<>();
        for (int client = 0; client < 100; client++) {
            chosen.add(chosen(ipv4(client), slot, fork));
        }

        assertThat(chosen).containsExactlyInAnyOrder(slot.id, fork.id);
    }

    @Test
    void peersOfAUnixSocketHaveNoAddressAndGetTurnsAndNobodyWaits() {
        Arrival nameless = Arrival.of(1, new byte[1]);
        assertThat(nameless.host()).isEmpty();
        Worker[] workers = Worker.slots(3);
        workers[0].given(5);
        workers[1].given(3);
        workers[2].given(4);
        assertThat(chosen(nameless, workers)).isEqualTo(workers[1].id);
        workers[1].full();
        assertThat(chosen(nameless, workers)).isEqualTo(workers[2].id);
        workers[0].full();
        workers[2].full();
        assertThat(hash.next(List.of(workers), nameless)).isEqualTo(Scheduler.WAIT);
    }

    @Test
    void prefixesHaveLimits() {
        assertThatThrownBy(() -> new SourceHash(0, 64)).hasMessage("prefix 0 of IPv4 must be 1 to 32 bits");
        assertThatThrownBy(() -> new SourceHash(33, 64)).hasMessage("prefix 33 of IPv4 must be 1 to 32 bits");
        assertThatThrownBy(() -> new SourceHash(24, 129)).hasMessage("prefix 129 of IPv6 must be 1 to 128 bits");
    }
}
