package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JvmMannersTest {
    @ParameterizedTest
    @CsvSource({"1,8,8,60", "4,8,2,15", "3,8,2,20", "8,8,1,7", "100,2,1,1"})
    void everyWorkerGetsItsShare(int workers, int processors, int share, int percent) {
        assertThat(JvmManners.options(workers, processors, 17))
                .containsExactly("-XX:ActiveProcessorCount=" + share, "-XX:MaxRAMPercentage=" + percent);
    }

    @Test
    void newJvmsAreTakenTheirWarnings() {
        assertThat(JvmManners.options(1, 1, 24))
                .contains("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
        assertThat(JvmManners.options(1, 1, 23)).noneMatch(option -> option.startsWith("--"));
    }
}
