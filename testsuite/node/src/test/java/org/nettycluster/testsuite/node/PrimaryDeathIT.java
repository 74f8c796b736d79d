package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Section 4: what becomes of workers whose master is gone. */
class PrimaryDeathIT {
    @Upstream("test-cluster-primary-kill")
    void workersEndSoonAfterTheirMaster(@TempDir Path directory) throws Exception {
        outlives("exit", directory, 0);
    }

    @Upstream("test-cluster-primary-error")
    void workersEndSoonAfterAMasterThatFails(@TempDir Path directory) throws Exception {
        outlives("throw", directory, 1);
    }

    private static void outlives(String how, Path directory, int code) throws Exception {
        Process primary = Primary.start(how, directory);
        ProcessHandle worker = Primary.worker(primary);
        try {
            assertThat(Primary.codeOf(primary)).isEqualTo(code);
            Cluster.until("its worker ends", () -> !worker.isAlive());
        } finally {
            worker.destroyForcibly();
            primary.destroyForcibly();
        }
    }
}
