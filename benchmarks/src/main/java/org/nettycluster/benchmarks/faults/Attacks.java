package org.nettycluster.benchmarks.faults;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.faults.program.TurnsBad;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Report;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.Hello;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.WorkerId;

/**
 * F19, F20: each attack that we know of, on a cluster that serves meanwhile. Each must leave one line of the agreed form in
 * what the master prints, or keep a master from starting with the reason.
 */
final class Attacks implements Scenario {
    /** More of one page's clients than this can't be under way. */
    private static final int WINDOW = 8;

    @Override
    public String name() {
        return "attacks";
    }

    @Override
    public String promise() {
        return "strangers with no, wrong, stolen and used tokens, other users, workers that turn bad, unsafe directories, at 100"
                + " connections/s: each is refused with one line that says so, no request fails but those that a bad worker"
                + " itself was given, no secret is printed";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        Refusals refusals = new Refusals(stage, verdict);
        Directories.attack(stage, refusals);
        RunningCluster cluster =
                stage.cluster(2, List.of("--verbose"), ProgramJar.beside(stage).of(TurnsBad.class));
        refusals.of(cluster);
        LoadRun.builder(cluster.uri()).rate(100).length(Duration.ofSeconds(2)).run();
        LoadRun load = stage.load(LoadRun.builder(cluster.uri()).rate(100).build());
        List<Token> tokens = new ArrayList<>();
        Path control = stage.directory().resolve("run/control.sock");
        strangers(stage, cluster, control, refusals, tokens);
        OtherUser.attack(stage, refusals);
        crowd(stage.directory().resolve("run/admin.sock"), refusals);
        badWorkers(stage, cluster, refusals, tokens, List.of("version", "oversized", "promise", "swallow"));
        Report report = load.stop();
        verdict.require(report.failed() == 0, report.failed() + " requests failed: " + report.failures());
        LoadRun second = stage.load(LoadRun.builder(cluster.uri()).rate(100).build());
        badWorkers(stage, cluster, refusals, tokens, List.of("page"));
        Report garbage = second.stop();
        verdict.require(
                garbage.failed() <= WINDOW, garbage.failed() + " requests failed beside a broken page (at most 8)");
        secrets(cluster, tokens, verdict);
        verdict.figure("attacks refused", refusals.count())
                .figure("requests beside them", report.attempts())
                .figure("failed", report.failed())
                .figure("requests beside a worker that broke its page", garbage.attempts())
                .figure("failed of those", garbage.failed());
    }

    private static void strangers(
            Stage stage, RunningCluster cluster, Path socket, Refusals refusals, List<Token> tokens) throws Exception {
        JsonObject slot = cluster.slots().get(0);
        WorkerId worker = WorkerId.parse(slot.text("worker"));
        Token stolen = token(slot.number("pid"));
        tokens.add(stolen);
        tokens.add(token(cluster.slots().get(1).number("pid")));
        SocketChannel silent = stage.keep(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        refusals.expect(
                "a wrong token",
                "it says it is worker " + worker + " but does not know that worker's token",
                () -> say(socket, new Hello(1, 1, worker, Token.random(), 1)));
        refusals.expect(
                "a stolen token",
                "it says it is worker " + worker + " with that worker's token (limit: process " + slot.number("pid"),
                () -> say(socket, new Hello(1, 1, worker, stolen, slot.number("pid"))));
        refusals.expect(
                "a stolen token for a lane",
                "it opens a lane of worker " + worker + " with that worker's token",
                () -> say(socket, new LaneHello(worker, stolen, 1, 0)));
        refusals.expect(
                "a frame of 2 GiB",
                "its first frame is malformed, Adjusted frame length exceeds",
                () -> say(socket, new byte[] {0x7f, -1, -1, -1, 1}));
        refusals.expect("an HTTP request", "its first frame is malformed", () -> say(socket, "GET / HTTP/1.1\r\n\r\n"));
        refusals.expect(
                "an unknown frame",
                "its first frame is UnknownFrame, not a hello",
                () -> say(socket, new byte[] {0, 0, 0, 2, 99, 1}));
        // No clients of its own may be lost with it: it is replaced in good order, and then its token is void.
        cluster.post("/v1/slots/1/restart", "");
        refusals.expect(
                "the token of a process that has ended",
                "it says it is worker " + worker + " but does not know that worker's token",
                () -> say(socket, new Hello(1, 1, worker, stolen, slot.number("pid"))));
        refusals.expect("silence", "it said no whole frame for 10000 ms", () -> silent.read(ByteBuffer.allocate(1)));
        crowd(socket, refusals);
    }

    /** One more than there are places, all of them silent. */
    private static void crowd(Path socket, Refusals refusals) throws Exception {
        List<SocketChannel> crowd = new ArrayList<>();
        refusals.expect("a crowd at " + socket.getFileName(), socket + ": it connected", () -> {
            for (int i = 0; i < 66; i++) {
                crowd.add(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
            }
        });
        for (SocketChannel each : crowd) {
            each.close();
        }
    }

    private static void badWorkers(
            Stage stage, RunningCluster cluster, Refusals refusals, List<Token> tokens, List<String> ways)
            throws Exception {
        for (String way : ways) {
            String line = switch (way) {
                case "version" -> "speaks protocol versions 4711 to 4711";
                case "oversized" -> "sent a malformed frame, Adjusted frame length exceeds 65540: 65541";
                case "promise" -> "opens a lane for listener 4711, which it was not promised";
                case "page" -> "broke the protocol: its claim page says";
                default -> "has an offer, and begins to " + way;
            };
            Refusals.Attack attack = () -> {
                Files.writeString(stage.directory().resolve(TurnsBad.ORDER), way);
                try {
                    cluster.post("/v1/slots/1/restart", "");
                } catch (IOException e) {
                    stage.say(way + ": " + e.getMessage());
                }
            };
            if (line.startsWith("has an offer")) {
                refusals.survive("a worker that turns bad: " + way, line, attack);
            } else {
                refusals.expect("a worker that turns bad: " + way, line, attack);
            }
            cluster.awaitReady(Duration.ofSeconds(30));
            for (JsonObject slot : cluster.slots()) {
                tokens.add(token(slot.number("pid")));
            }
        }
    }

    private static void secrets(RunningCluster cluster, List<Token> tokens, Verdict verdict) throws Exception {
        StringBuilder told = new StringBuilder(String.join("\n", cluster.lines()));
        told.append(cluster.command("status").output())
                .append(cluster.command("ls").output())
                .append(cluster.command("logs", "--lines", "1000").output())
                .append(cluster.command("status", "--json").output());
        for (ProcessHandle each : cluster.workers()) {
            told.append(Files.readString(Path.of("/proc/" + each.pid() + "/cmdline")));
        }
        told.append(Files.readString(Path.of("/proc/" + cluster.master().pid() + "/cmdline")));
        for (Token token : tokens) {
            verdict.require(told.indexOf(token.hex()) < 0, "a token was told");
        }
        verdict.figure("tokens looked for", tokens.size());
    }

    /** As any process of the same user can read it. */
    private static Token token(long worker) throws IOException {
        for (String each :
                Files.readString(Path.of("/proc/" + worker + "/environ")).split("\0", -1)) {
            if (each.startsWith("NCLUSTER_TOKEN=")) {
                return Token.parse(each.substring("NCLUSTER_TOKEN=".length()));
            }
        }
        throw new IOException("process " + worker + " has no token");
    }

    private static void say(Path socket, Frame frame) throws IOException {
        ByteBuf buffer = Unpooled.buffer();
        FrameCodec.write(frame, buffer);
        say(socket, ByteBufUtil.getBytes(buffer));
    }

    private static void say(Path socket, String text) throws IOException {
        say(socket, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void say(Path socket, byte[] bytes) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(bytes));
            if (channel.read(ByteBuffer.allocate(100)) > 0) {
                throw new IOException("it was answered");
            }
        } catch (SocketException e) {
            // Closed with bytes of ours unread.
        }
    }
}
