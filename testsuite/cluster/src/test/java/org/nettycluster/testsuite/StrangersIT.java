package org.nettycluster.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.Hello;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.Ready;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.WorkerId;

/** Somebody of our own user calls the control socket, by mistake or not. */
class StrangersIT {
    private static final int ROUNDS = 20;

    @Test
    void strangersOnTheControlSocketAreSentAwayAndTheServiceIsUntouched() throws IOException {
        try (TestCluster cluster = TestCluster.http(2)) {
            List<Long> workers = cluster.workers();
            cluster.meet(workers);
            List<Long> baseline = Baseline.of(cluster);
            Path socket = controlSocket(cluster.runDirectory());
            OpenLoop load =
                    OpenLoop.start(100, (number, startedAt) -> cluster.client().echo("nonce-" + number, startedAt));

            Map<String, byte[]> said = said(token(workers.get(0)));
            for (int round = 0; round < ROUNDS; round++) {
                for (Map.Entry<String, byte[]> each : said.entrySet()) {
                    assertThat(isSentAway(socket, each.getValue()))
                            .as("who says %s is sent away%s", each.getKey(), cluster.printed())
                            .isTrue();
                }
            }
            // Those who say nothing, or half of something, are waited for; meanwhile nothing else waits.
            List<SocketChannel> silent = new ArrayList<>();
            for (int i = 0; i < 2 * ROUNDS; i++) {
                SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                channel.write(ByteBuffer.wrap(i % 2 == 0 ? new byte[0] : new byte[] {0, 0, 0}));
                silent.add(channel);
            }
            Await.pass(Duration.ofMillis(300));
            for (SocketChannel channel : silent) {
                channel.close();
            }

            List<Answer> answers = load.stop();
            assertThat(Answer.failed(answers)).as(cluster.printed()).isEmpty();
            assertThat(cluster.workers()).isEqualTo(workers);
            cluster.meet(workers);
            Baseline.returns(cluster, baseline);
            cluster.stop();
            assertThat(cluster.log()).as("no stack trace").noneMatch(line -> line.startsWith("\tat "));
            assertThat(refused(cluster.log())).as("each is told, or counted").isEqualTo((long) ROUNDS * said.size());
            assertThat(cluster.log().stream().filter(line -> line.contains("refused ")))
                    .as("and nobody fills the log")
                    .hasSizeLessThan(100)
                    .allMatch(line -> line.matches(
                            ".*refused (process \\d+ of user \\d+|\\d+ more .*) at .*" + "\\(limit: .*\\): .*"));
        }
    }

    @Test
    void tokenIsInTheEnvironmentOfItsProcessAndNowhereElse() throws IOException {
        try (TestCluster cluster = TestCluster.http(2, List.of("-Djava.util.logging.config.file=" + everything()))) {
            List<Long> workers = cluster.workers();
            cluster.meet(workers);
            List<String> tokens = new ArrayList<>();
            for (Long worker : workers) {
                tokens.add(HexFormat.of().formatHex(token(worker)));
            }
            assertThat(isSentAway(
                            controlSocket(cluster.runDirectory()),
                            said(token(workers.get(0))).get("a stolen token")))
                    .isTrue();
            for (Long process : List.of(cluster.masterPid(), workers.get(0), workers.get(1))) {
                assertThat(Files.readString(Path.of("/proc/" + process + "/cmdline")))
                        .as("arguments")
                        .doesNotContain(tokens);
            }
            assertThat(Files.readString(Path.of("/proc/" + cluster.masterPid() + "/environ")))
                    .doesNotContain(tokens);
            cluster.stop();
            assertThat(cluster.log()).as("everything is logged").anyMatch(line -> line.contains("its JVM is process"));
            assertThat(String.join("\n", cluster.log())).doesNotContain(tokens);
        }
    }

    private static Path everything() throws IOException {
        Path file = Files.createTempFile("ncluster-logging-", ".properties");
        file.toFile().deleteOnExit();
        return Files.writeString(file, """
                handlers=java.util.logging.ConsoleHandler
                .level=ALL
                java.util.logging.ConsoleHandler.level=ALL
                """);
    }

    /** Lines about one, and what the others say of how many. */
    private static long refused(List<String> log) {
        Pattern line = Pattern.compile("refused (?:(\\d+) more|process)");
        return log.stream()
                .map(line::matcher)
                .filter(Matcher::find)
                .mapToLong(each -> each.group(1) == null ? 1 : Long.parseLong(each.group(1)))
                .sum();
    }

    /** As any process of the same user can read it. */
    private static byte[] token(long worker) throws IOException {
        String name = "NCLUSTER_TOKEN=";
        for (String each :
                Files.readString(Path.of("/proc/" + worker + "/environ")).split("\0", -1)) {
            if (each.startsWith(name)) {
                return HexFormat.of().parseHex(each.substring(name.length()));
            }
        }
        throw new AssertionError("worker " + worker + " has no token");
    }

    private static Map<String, byte[]> said(byte[] stolen) {
        byte[] noise = new byte[200];
        new Random(7).nextBytes(noise);
        WorkerId first = new WorkerId(1, 1);
        Map<String, byte[]> said = new LinkedHashMap<>();
        said.put("an HTTP request", "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        said.put("noise", noise);
        said.put("zeros", new byte[100]);
        said.put("a wrong token", bytes(new Hello(1, 1, first, Token.random(), 4711)));
        said.put("a wrong token for a lane", bytes(new LaneHello(first, Token.random(), 1, 0)));
        said.put("a stolen token", bytes(new Hello(1, 1, first, Token.of(stolen), 4711)));
        said.put("a stolen token for a lane", bytes(new LaneHello(first, Token.of(stolen), 1, 0)));
        said.put("an unknown worker", bytes(new Hello(1, 1, new WorkerId(99, 1), Token.random(), 4711)));
        said.put("something else than a hello", bytes(new Ready()));
        said.put("a frame of 2 GiB", new byte[] {0x7f, -1, -1, -1, 1});
        said.put("a frame of a negative length", new byte[] {-1, -1, -1, -1, 1});
        said.put("a frame that is too long for the first", new byte[] {0, 0, 8, 0, 1});
        return said;
    }

    private static byte[] bytes(Frame frame) {
        ByteBuf buffer = Unpooled.buffer();
        FrameCodec.write(frame, buffer);
        return ByteBufUtil.getBytes(buffer);
    }

    /** Whether the other side ends the connection, long before its patience with those who say nothing ends. */
    private static boolean isSentAway(Path socket, byte[] said) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(said));
            channel.configureBlocking(false);
            ByteBuffer answer = ByteBuffer.allocate(100);
            Await.until(Duration.ofSeconds(5), () -> "an end of file", () -> {
                try {
                    return channel.read(answer) == -1;
                } catch (IOException e) {
                    // A reset: it was closed with bytes unread.
                    return true;
                }
            });
            return answer.position() == 0;
        }
    }

    private static Path controlSocket(Path directory) throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        try (var files = Files.list(directory)) {
            Path socket = files.filter(file -> !Files.isRegularFile(file) && !Files.isDirectory(file))
                    .findFirst()
                    .orElseThrow();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
            return socket;
        }
    }
}
