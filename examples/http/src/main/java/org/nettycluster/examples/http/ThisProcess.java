package org.nettycluster.examples.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.nettycluster.worker.ClusterWorker;

/**
 * What this process tells about itself: its name, its pid and what it has counted.
 *
 * <p>All event loops share it. It owns the greeting's bytes, which are never released.
 */
final class ThisProcess {
    private final Optional<String> worker;
    private final long pid;
    private final AsciiString name;
    private final ByteBuf greeting;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder requests = new LongAdder();

    ThisProcess(Optional<String> worker, long pid) {
        this.worker = worker;
        this.pid = pid;
        name = AsciiString.cached(worker.orElse("pid-" + pid));
        String text = worker.map(name -> "hello from worker " + name + " (pid " + pid + ")\n")
                .orElse("hello from pid " + pid + "\n");
        greeting = Unpooled.unreleasableBuffer(
                Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.US_ASCII)).asReadOnly());
    }

    /** The worker this JVM is, or the lone process. */
    static ThisProcess find() {
        return new ThisProcess(
                ClusterWorker.current().map(worker -> worker.id().toString()),
                ProcessHandle.current().pid());
    }

    /** The worker's name, or one that is made of the pid. */
    AsciiString name() {
        return name;
    }

    /** The same bytes for each caller, to be written and forgotten. */
    ByteBuf greeting() {
        return greeting.duplicate();
    }

    void connected(Channel channel) {
        accepted.increment();
        channel.closeFuture().addListener(closed -> ended.increment());
    }

    void requested() {
        requests.increment();
    }

    String json() {
        // Read first: a connection that ends meanwhile shows as still open, not as one too few.
        long gone = ended.sum();
        long all = accepted.sum();
        return "{\"worker\":" + worker.map(name -> '"' + name + '"').orElse("null")
                + ",\"pid\":" + pid
                + ",\"connections\":{\"accepted\":" + all + ",\"open\":" + (all - gone)
                + "},\"requests\":" + requests.sum() + "}\n";
    }
}
