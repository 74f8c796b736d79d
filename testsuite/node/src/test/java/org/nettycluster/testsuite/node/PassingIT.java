package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.ServerSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.protocol.messages.MessageException;
import org.nettycluster.protocol.messages.MessageException.Reason;
import org.nettycluster.protocol.passing.PassedConnection;

/** Section 5 and others: connections that the two programs pass to each other. */
class PassingIT {
    /** What a master's program brings: a loop, and servers that are no cluster's. */
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    @AfterEach
    void endLoops() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Calls with each connection before a byte of it is read. */
    private static ChannelInitializer<Channel> each(Consumer<Channel> connection) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                connection.accept(channel);
            }
        };
    }

    private int serve(Consumer<Channel> connection) {
        return Program.port(new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(each(connection))
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel());
    }

    private static PassedConnection connection(ClusterMessage message) {
        return message.connection().orElseThrow();
    }

    private static Reason reason(CompletionStage<Void> sent) {
        MessageException failure = Cluster.get(sent.handle((nothing, thrown) -> (MessageException) thrown));
        assertThat(failure).as("it succeeded").isNotNull();
        return failure.reason();
    }

    @Upstream("test-cluster-send-deadlock")
    void bothSidesPassConnectionsAtOnce() throws Exception {
        int clients = 40;
        long before = sockets();
        Queue<CompletionStage<Void>> sent = new ConcurrentLinkedQueue<>();
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            WorkerProcess seen = cluster.seen(program);
            // More than a window of them each, to the other side and back, where each is served.
            program.worker.onMessage(message -> {
                if (message.text().equals("home")) {
                    connection(message).adopt(program.loop(), Greeter.of(1));
                } else {
                    connection(message)
                            .adopt(
                                    program.loop(),
                                    each(channel -> sent.add(program.worker.send(text("home"), channel))));
                }
            });
            cluster.master.onMessage((worker, message) -> {
                if (message.text().equals("home")) {
                    connection(message).adopt(loops, Greeter.of(2));
                } else {
                    connection(message).adopt(loops, each(channel -> sent.add(worker.send(text("home"), channel))));
                }
            });
            Channel ours = program.listen(
                    program.bootstrap()
                            .childHandler(each(channel -> sent.add(program.worker.send(text("away"), channel)))),
                    new InetSocketAddress("127.0.0.1", 0));
            int theirs = serve(channel -> sent.add(seen.send(text("away"), channel)));

            List<Client> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                all.add(Client.local(Program.port(ours)));
                all.add(Client.local(theirs));
            }
            for (int i = 0; i < 2 * clients; i++) {
                try (Client client = all.get(i)) {
                    assertThat(client.worker()).isEqualTo(1 + i % 2);
                    assertThat(client.echo("and on")).isEqualTo("and on");
                }
            }
            for (CompletionStage<Void> each : sent) {
                Cluster.get(each);
            }
            assertThat(sent).hasSize(4 * clients);
        }
        // Of the master's program one server is left, which its loop closes.
        Cluster.until("no socket is left", () -> sockets() <= before + 1);
    }

    private static long sockets() {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(PassingIT::isSocket).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            // Closed meanwhile.
            return false;
        }
    }

    private static ClusterMessage text(String text) {
        return ClusterMessage.text(text);
    }

    @Upstream("test-cluster-send-handle-twice")
    void aConnectionThatIsSentTwiceIsPassedOnceAndTheOtherIsTold() throws Exception {
        CompletableFuture<List<CompletionStage<Void>>> twice = new CompletableFuture<>();
        CompletableFuture<Channel> passed = new CompletableFuture<>();
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            WorkerProcess seen = cluster.seen(program);
            program.worker.onMessage(message -> connection(message).adopt(program.loop(), Greeter.of(1)));
            int port = serve(channel -> {
                passed.complete(channel);
                twice.complete(List.of(seen.send(text("one"), channel), seen.send(text("two"), channel)));
            });
            try (Client client = Client.local(port)) {
                List<CompletionStage<Void>> sent = twice.get(20, TimeUnit.SECONDS);
                assertThat(reason(sent.get(1))).isEqualTo(Reason.NOT_PASSABLE);
                Cluster.get(sent.get(0));
                assertThat(client.worker()).isEqualTo(1);
                assertThat(passed.join().isOpen()).isFalse();
                assertThat(reason(seen.send(text("three"), passed.join()))).isEqualTo(Reason.NOT_PASSABLE);
            }
            // Messages go on.
            Cluster.get(seen.send(text("four")));
        }
    }

    @Upstream("test-cluster-send-handle-large-payload")
    void aLongMessageAndItsConnectionStayTogetherInBothDirections() throws Exception {
        byte[] payload = new byte[800_000];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) (i * 31);
        }
        CompletableFuture<CompletionStage<Void>> sent = new CompletableFuture<>();
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            WorkerProcess seen = cluster.seen(program);
            program.worker.onMessage(message -> message.connection()
                    .ifPresent(passed -> passed.adopt(
                            program.loop(), each(channel -> program.worker.send("back", message.bytes(), channel)))));
            History heard = new History();
            cluster.master.onMessage((worker, message) -> {
                assertThat(message.bytes()).isEqualTo(payload);
                heard.add(message.contentType());
                connection(message).adopt(loops, Greeter.of(7));
            });
            int port = serve(channel -> {
                sent.complete(seen.send("large", payload, channel));
                seen.send(text("behind it, without a connection"));
            });
            try (Client client = Client.local(port)) {
                Cluster.get(sent.get(20, TimeUnit.SECONDS));
                heard.await("back");
                assertThat(client.worker()).isEqualTo(7);
            }
        }
    }

    @Upstream("test-cluster-send-socket-to-worker-http-server")
    void aConnectionBecomesAChildOfAServerInTheWorkerAndItsDrainWaitsForIt() throws Exception {
        CompletableFuture<Channel> inserted = new CompletableFuture<>();
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            WorkerProcess seen = cluster.seen(program);
            Channel server = program.listen(0);
            program.worker.onMessage(message -> connection(message)
                    .insert((ServerSocketChannel) server)
                    .whenComplete((child, failure) -> inserted.complete(child)));
            int port = serve(channel -> seen.send(text("serve this"), channel));
            try (Client client = Client.local(port)) {
                assertThat(client.worker()).isEqualTo(1);
                assertThat(inserted.join().parent()).isSameAs(server);

                var exit = seen.disconnect().toCompletableFuture();
                Cluster.get(program.worker.draining());
                assertThat(client.echo("still")).isEqualTo("still");
                assertThat(server.isOpen()).isTrue();
                assertThat(exit).isNotDone();
                client.end();
                Cluster.get(exit);
            }
        }
    }

    @Upstream("test-cluster-net-send")
    void whatTheClientHasSaidAndItsEndArriveWhereItIsPassedTo() throws Exception {
        History heard = new History();
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            Channel server = program.listen(
                    program.bootstrap().childHandler(each(channel -> program.worker.send(text("all of it"), channel))),
                    new InetSocketAddress("127.0.0.1", 0));
            cluster.master.onMessage((worker, message) -> connection(message).adopt(loops, hears(heard)));
            try (Socket client = new Socket("127.0.0.1", Program.port(server))) {
                client.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
                client.shutdownOutput();
                heard.await("end");
                assertThat(heard.lines()).containsExactly("hello\n", "end");
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    private static ChannelHandler hears(History heard) {
        return new SimpleChannelInboundHandler<ByteBuf>() {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
                heard.add(bytes.toString(StandardCharsets.UTF_8));
            }

            @Override
            public void channelInactive(ChannelHandlerContext ctx) {
                heard.add("end");
            }
        };
    }

    @Upstream("parallel/test-child-process-fork-closed-channel-segfault")
    void connectionsForAWorkerThatDiesEndAndTheirSenderIsTold() throws Exception {
        Queue<CompletionStage<Void>> sent = new ConcurrentLinkedQueue<>();
        Queue<Channel> channels = new ConcurrentLinkedQueue<>();
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.fork("serve");
            cluster.events.await("listening 1");
            int port = serve(channel -> {
                channels.add(channel);
                CompletionStage<Void> stage = worker.send(text("for you"), channel);
                sent.add(stage);
                // Too late even to take it, and still ours.
                stage.exceptionally(failure -> {
                    channel.close();
                    return null;
                });
            });
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                clients.add(Client.local(port));
                if (i == 20) {
                    worker.kill(true);
                }
            }
            for (Client each : clients) {
                assertThat(each.read()).as("a client whose worker has died").isNull();
                each.close();
            }
            Cluster.until(
                    "all are told", () -> sent.size() == 40 && channels.stream().noneMatch(Channel::isOpen));
            // Its program takes none: a window of them has arrived, for the others it was too late.
            List<Reason> told = new ArrayList<>();
            for (CompletionStage<Void> each : sent) {
                Throwable failure = Cluster.get(each.handle((nothing, thrown) -> thrown));
                if (failure != null) {
                    told.add(((MessageException) failure).reason());
                }
            }
            assertThat(told).hasSizeGreaterThanOrEqualTo(24).isSubsetOf(Reason.GONE, Reason.NOT_CONNECTED);
            cluster.events.await("exit 1");
        }
    }

    @Upstream("parallel/test-net-listen-handle-in-cluster-2")
    void aServerOnADescriptorOfItsOwnAsksNoMaster() throws IOException {
        LinuxSocket listening = LinuxSocket.newSocketStream();
        listening.bind(new InetSocketAddress("127.0.0.1", 0));
        listening.listen(16);
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            Channel own = new ServerBootstrap()
                    .group(program.loop())
                    .channelFactory(() -> new EpollServerSocketChannel(listening.intValue()))
                    .childHandler(Greeter.of(9))
                    .register()
                    .syncUninterruptibly()
                    .channel();
            program.runs(own);
            assertThat(Client.askOnce(Program.port(own))).isEqualTo(9);
            assertThat(cluster.master.addresses()).isEmpty();
            assertThat(reason(program.worker.send(text("a listening socket"), own)))
                    .isEqualTo(Reason.NOT_PASSABLE);
        }
    }
}
