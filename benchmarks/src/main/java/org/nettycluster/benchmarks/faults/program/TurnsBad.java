package org.nettycluster.benchmarks.faults.program;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.Hello;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.ProtocolException;
import org.nettycluster.protocol.Ready;
import org.nettycluster.protocol.WorkerEnvironment;

/**
 * The HTTP example, unless a file {@value #ORDER} lies beside the run directory. Whoever finds it removes it and misbehaves
 * as it says, with the token that it was given:
 *
 * <ul>
 *   <li>{@code version}: says hello in versions that nobody speaks
 *   <li>{@code oversized}: announces a frame of 64 KiB and a byte behind a good hello
 *   <li>{@code promise}: opens a lane that it was not promised
 *   <li>{@code page}: serves, and writes garbage over the first offer
 *   <li>{@code swallow}: serves, and neither claims nor gives back what it is offered, for two seconds
 * </ul>
 */
public final class TurnsBad {
    /** Name of the file. */
    public static final String ORDER = "turn-bad";

    private static final int EXIT_CODE = 9;
    private static final Duration SWALLOWED = Duration.ofSeconds(2);
    private static final int WANTS = 64;
    private static final int CELLS = 512;
    private static final int CELL = 64;

    private TurnsBad() {}

    /** See the class. */
    public static void main(String... args) throws Exception {
        WorkerEnvironment role =
                WorkerEnvironment.read(System.getenv()).orElseThrow(() -> new IOException("this is no worker"));
        Path order = role.socket().resolveSibling("..").resolve(ORDER).normalize();
        if (Files.exists(order)) {
            String how = Files.readString(order).strip();
            if (Files.deleteIfExists(order)) {
                misbehave(role, how, Integer.parseInt(args[args.length - 1]));
                Runtime.getRuntime().halt(EXIT_CODE);
            }
        }
        Class.forName("org.nettycluster.examples.http.HttpExample")
                .getMethod("main", String[].class)
                .invoke(null, (Object) args);
    }

    private static void misbehave(WorkerEnvironment role, String how, int port) throws IOException {
        SocketChannel control = SocketChannel.open(UnixDomainSocketAddress.of(role.socket()));
        int version = how.equals("version") ? 4711 : 1;
        say(
                control,
                new Hello(
                        version,
                        version,
                        role.worker(),
                        role.token(),
                        ProcessHandle.current().pid()));
        if (how.equals("version")) {
            end(control);
            return;
        }
        hear(control);
        switch (how) {
            case "oversized" -> {
                control.write(ByteBuffer.allocate(5).putInt(0, FrameCodec.MAX_FRAME + 1));
                end(control);
            }
            case "promise" -> {
                SocketChannel lane = SocketChannel.open(UnixDomainSocketAddress.of(role.socket()));
                say(lane, new LaneHello(role.worker(), role.token(), 4711, 0));
                end(lane);
            }
            default -> serve(role, control, how, port);
        }
    }

    private static void serve(WorkerEnvironment role, SocketChannel control, String how, int port) throws IOException {
        say(control, new Listen(1, 0, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Map.of()));
        if (!(hear(control) instanceof Listening listening)) {
            throw new IOException("the master does not listen");
        }
        MappedByteBuffer page;
        try (FileChannel file =
                FileChannel.open(Path.of(listening.page()), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            page = file.map(FileChannel.MapMode.READ_WRITE, 0, ClaimPage.size(listening.window()));
        }
        page.order(ByteOrder.nativeOrder());
        SocketChannel lane = SocketChannel.open(UnixDomainSocketAddress.of(role.socket()));
        say(lane, new LaneHello(role.worker(), role.token(), listening.listener(), listening.request()));
        page.putLong(WANTS, 1);
        ring(lane);
        say(control, new Ready());
        int offered = offered(page, listening.window());
        System.err.println("has an offer, and begins to " + how);
        if (how.equals("page")) {
            page.putLong(CELLS + CELL * offered, 0x4711_4711_4711_4711L);
            ring(lane);
            end(lane);
        } else {
            LockSupport.parkNanos(SWALLOWED.toNanos());
        }
    }

    private static int offered(MappedByteBuffer page, int window) {
        while (true) {
            for (int cell = 0; cell < window; cell++) {
                if (page.getLong(CELLS + CELL * cell) != 0) {
                    return cell;
                }
            }
            LockSupport.parkNanos(100_000);
        }
    }

    private static void ring(SocketChannel lane) throws IOException {
        lane.write(ByteBuffer.allocate(1));
    }

    private static void say(SocketChannel channel, Frame frame) throws IOException {
        ByteBuf buffer = Unpooled.buffer();
        FrameCodec.write(frame, buffer);
        channel.write(ByteBuffer.wrap(ByteBufUtil.getBytes(buffer)));
    }

    private static Frame hear(SocketChannel channel) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
        fill(channel, length);
        ByteBuffer frame = ByteBuffer.allocate(length.getInt(0));
        fill(channel, frame);
        try {
            return FrameCodec.read(Unpooled.wrappedBuffer(frame.flip()));
        } catch (ProtocolException e) {
            throw new IOException(e);
        }
    }

    private static void fill(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the master has closed the connection");
            }
        }
    }

    /** Waits for the master to end it. What else comes is swallowed, descriptors too: the kernel closes them. */
    private static void end(SocketChannel channel) throws IOException {
        ByteBuffer rest = ByteBuffer.allocate(1024);
        while (channel.read(rest) >= 0) {
            rest.clear();
        }
    }
}
