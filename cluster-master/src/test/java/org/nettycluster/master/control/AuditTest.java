package org.nettycluster.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.DefaultEventExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.LogRecorder;
import org.nettycluster.master.control.Audit.Offence;
import org.nettycluster.master.control.Audit.Peer;

class AuditTest {
    private static final Peer SOMEBODY = new Peer(4711, 1000);

    private final LogRecorder log = new LogRecorder();
    private final DefaultEventExecutor loop = new DefaultEventExecutor();

    @AfterEach
    void close() {
        log.close();
        loop.shutdownGracefully();
    }

    private Audit audit(int lines, Duration window) {
        return new Audit(loop, "/run/x/control.sock", lines, window);
    }

    private static void refuse(Audit audit, Offence offence, int times) {
        for (int i = 0; i < times; i++) {
            audit.refused(SOMEBODY, offence, "it tried", "nobody", "closed its connection");
        }
    }

    @Test
    void lineSaysWhoWhatTheLimitAndWhatWasDone() {
        refuse(audit(3, Duration.ofMinutes(1)), Offence.WRONG_TOKEN, 1);
        assertThat(log.warnings())
                .containsExactly("refused process 4711 of user 1000 at /run/x/control.sock: it tried (limit: nobody): "
                        + "closed its connection");
    }

    @Test
    void floodIsCountedAndToldAtItsEnd() throws Exception {
        Audit audit = audit(3, Duration.ofMillis(100));
        refuse(audit, Offence.MALFORMED, 1_000);
        assertThat(log.warnings()).hasSize(3);
        log.awaitWarning(
                "refused 997 more malformed frames at /run/x/control.sock, the last of them process 4711 of user "
                        + "1000 (limit: 3 lines in 0 s): not told one by one");
        loop.submit(() -> refuse(audit, Offence.MALFORMED, 4)).sync();
        assertThat(log.warnings()).hasSize(3 + 1 + 3);
    }

    @Test
    void floodOfOneKindHidesNoOther() {
        Audit audit = audit(3, Duration.ofMinutes(1));
        refuse(audit, Offence.MALFORMED, 1_000);
        refuse(audit, Offence.FOREIGN_USER, 1);
        assertThat(log.warnings()).hasSize(4);
    }

    @Test
    void whatWasOnlyCountedIsToldAtTheLatestWhenItCloses() {
        Audit audit = audit(3, Duration.ofMinutes(1));
        refuse(audit, Offence.MALFORMED, 5);
        audit.close();
        assertThat(log.warnings()).hasSize(4).last().asString().startsWith("refused 2 more malformed frames");
    }

    @Test
    void whoComesNowAndThenIsAlwaysTold() throws Exception {
        Audit audit = audit(1, Duration.ofMillis(20));
        for (int i = 0; i < 3; i++) {
            refuse(audit, Offence.CROWD, 1);
            loop.schedule(() -> {}, 30, TimeUnit.MILLISECONDS).sync();
        }
        assertThat(log.warnings()).hasSize(3);
    }
}
