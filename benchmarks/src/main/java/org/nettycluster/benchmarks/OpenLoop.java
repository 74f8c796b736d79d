package org.nettycluster.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * A client that starts one connection after the other at a stated rate, whether or not answers come: slow answers do not
 * slow it down, and every latency counts from the moment at which the attempt was due. Everything happens on its one
 * loop.
 *
 * <p>{@code java -cp benchmarks/target/benchmarks.jar org.nettycluster.benchmarks.OpenLoop HOST PORT RATE SECONDS}
 */
public final class OpenLoop {
    private static final long TIMEOUT_SECONDS = 30;

    private final InetSocketAddress target;
    private final long interval;
    private final long attempts;
    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private final Histogram toBody = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
    private final Histogram toEof = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
    private final Histogram lateness = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
    private final CompletableFuture<Report> done = new CompletableFuture<>();
    private long started;
    private long ended;
    private long begin;

    private OpenLoop(InetSocketAddress target, double rate, double seconds, EventLoopGroup group) {
        this.target = target;
        this.interval = (long) (1e9 / rate);
        this.attempts = (long) (rate * seconds);
        this.loop = group.next();
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS));
    }

    /**
     * What came of it; latencies in nanoseconds from the intended start.
     *
     * @param outcomes attempts by their end
     * @param toBody to the complete answer
     * @param toEof to the server's end of the connection
     * @param lateness of our own starts: a run whose lateness is near the bound that it judges is void
     */
    public record Report(Map<Outcome, Long> outcomes, Histogram toBody, Histogram toEof, Histogram lateness) {
        /** One JSON line. */
        public String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"outcomes\":%s,\"body_ms\":%s,\"eof_ms\":%s,\"lateness_ms\":%s}",
                    outcomes.toString().replaceAll("([A-Z_]+)=", "\"$1\":"),
                    millis(toBody),
                    millis(toEof),
                    millis(lateness));
        }

        private static String millis(Histogram histogram) {
            return String.format(
                    Locale.ROOT,
                    "{\"p50\":%.2f,\"p99\":%.2f,\"p99.9\":%.2f,\"max\":%.2f}",
                    histogram.getValueAtPercentile(50) / 1e6,
                    histogram.getValueAtPercentile(99) / 1e6,
                    histogram.getValueAtPercentile(99.9) / 1e6,
                    histogram.getMaxValue() / 1e6);
        }
    }

    /** Arguments: {@code HOST PORT RATE SECONDS}. Warms up for 3 s at a fifth of the rate first. */
    public static void main(String... args) {
        InetSocketAddress target = new InetSocketAddress(args[0], Integer.parseInt(args[1]));
        double rate = Double.parseDouble(args[2]);
        run(target, Math.max(50, rate / 5), 3);
        System.out.println(run(target, rate, Double.parseDouble(args[3])).json());
    }

    /** Runs to its end. */
    public static Report run(InetSocketAddress target, double rate, double seconds) {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            OpenLoop run = new OpenLoop(target, rate, seconds, group);
            run.loop.execute(() -> {
                run.begin = System.nanoTime();
                run.startDue();
            });
            return run.done.join();
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private void startDue() {
        long now = System.nanoTime();
        while (started < attempts && begin + started * interval <= now) {
            start(begin + started * interval);
            started++;
        }
        if (started < attempts) {
            long wait = Math.max(0, begin + started * interval - System.nanoTime());
            loop.schedule(this::startDue, wait, TimeUnit.NANOSECONDS);
        }
    }

    private void start(long intended) {
        lateness.recordValue(Math.max(0, System.nanoTime() - intended));
        Attempt attempt = new Attempt(intended);
        bootstrap
                .clone()
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(attempt);
                    }
                })
                .connect(target)
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        attempt.end(
                                connected.cause() instanceof ConnectException refused
                                                && String.valueOf(refused.getMessage())
                                                        .contains("refused")
                                        ? Outcome.REFUSED
                                        : Outcome.TIMEOUT);
                    }
                });
    }

    private void count(Outcome outcome) {
        outcomes.merge(outcome, 1L, Long::sum);
        if (++ended == attempts) {
            done.complete(new Report(Map.copyOf(outcomes), toBody, toEof, lateness));
        }
    }

    /** One connection: a request with a nonce, its answer, the server's close. */
    private final class Attempt extends ChannelInboundHandlerAdapter {
        private final long intended;
        private final StringBuilder answer = new StringBuilder();
        private boolean over;
        private boolean bodyComplete;

        Attempt(long intended) {
            this.intended = intended;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(Unpooled.copiedBuffer(
                    "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", StandardCharsets.US_ASCII));
            loop.schedule(
                    () -> {
                        if (!over) {
                            end(Outcome.TIMEOUT);
                            ctx.close();
                        }
                    },
                    TIMEOUT_SECONDS,
                    TimeUnit.SECONDS);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            answer.append(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
            if (!bodyComplete && complete()) {
                bodyComplete = true;
                toBody.recordValue(System.nanoTime() - intended);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (bodyComplete) {
                toEof.recordValue(System.nanoTime() - intended);
                end(answer.indexOf("HTTP/1.1 200") == 0 ? Outcome.OK : Outcome.WRONG);
            } else {
                end(answer.isEmpty() ? Outcome.RESET_BEFORE : Outcome.RESET_WITHIN);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }

        private boolean complete() {
            int head = answer.indexOf("\r\n\r\n");
            if (head < 0) {
                return false;
            }
            int field = answer.toString().toLowerCase(Locale.ROOT).indexOf("content-length: ");
            int start = field + "content-length: ".length();
            int length = Integer.parseInt(answer.substring(start, answer.indexOf("\r\n", start)));
            return answer.length() >= head + 4 + length;
        }

        void end(Outcome outcome) {
            if (!over) {
                over = true;
                count(outcome);
            }
        }
    }
}
