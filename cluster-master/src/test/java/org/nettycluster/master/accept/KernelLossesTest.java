package org.nettycluster.master.accept;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class KernelLossesTest {
    @Test
    void countsAreFoundByTheirNamesWhereverTheyStand() {
        assertThat(KernelLosses.of(List.of(
                        "IpExt: InNoRoutes ListenDrops",
                        "IpExt: 0 99",
                        "TcpExt: SyncookiesSent ListenOverflows Other ListenDrops",
                        "TcpExt: 1 22 3 44")))
                .isEqualTo(new KernelLosses(22, 44));
    }

    @Test
    void anotherKernelsFileSaysNothing() {
        assertThat(KernelLosses.of(List.of("TcpExt: ListenOverflows", "TcpExt: 1")))
                .isNull();
        assertThat(KernelLosses.of(List.of())).isNull();
    }

    @Test
    void thisKernelCounts() {
        assertThat(KernelLosses.read()).isNotNull();
    }
}
