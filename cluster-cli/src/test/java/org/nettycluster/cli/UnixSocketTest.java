package org.nettycluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.cli.programs.GreetsAtPath;

/** Workers that share a unix socket, as processes. */
@Timeout(120)
final class UnixSocketTest {
    @TempDir
    private Path temp;

    @Test
    void workersShareAPathThatIsGoneWhenTheyAre() throws Exception {
        Path path = temp.resolve("greets.sock");
        try (CommandProcess command = CommandProcess.run(temp.resolve("r"), 2, GreetsAtPath.class, path.toString())) {
            assertThat(command.awaitReady()).contains("ready: GreetsAtPath on unix:" + path + ", 2 workers: ");
            assertThat((Integer) Files.getAttribute(path, "unix:mode") & 0777).isEqualTo(0600);
            Set<String> answers = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                answers.add(ask(path));
            }
            assertThat(answers)
                    .containsExactlyInAnyOrderElementsOf(command.workers().stream()
                            .map(worker -> Long.toString(worker.pid()))
                            .toList());
            command.terminate();
            assertThat(command.exitCode()).isZero();
            assertThat(path).doesNotExist();
        }
    }

    private static String ask(Path path) throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            ByteBuffer answer = ByteBuffer.allocate(64);
            while (client.read(answer) >= 0) {
                // Until its end.
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII).trim();
        }
    }
}
