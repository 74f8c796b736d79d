package org.nettycluster.benchmarks.load;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Says what a {@link LoadRun} is to do, with a default for all but the target; {@link LoadPlan} says what each means. */
public final class LoadRunBuilder {
    private final URI uri;
    private Mode mode = Mode.ONE_SHOT;
    private double rate;
    private @Nullable Duration length;
    private Duration warmUp = Duration.ZERO;
    private long warmUpAttempts;
    private Duration timeout = Duration.ofSeconds(10);
    private @Nullable Duration bound;
    private int clients = 50;
    private Duration thinkLeast = Duration.ZERO;
    private Duration thinkMost = Duration.ofMillis(200);
    private int connections = 4;
    private int streams = 100;
    private int payload = 64;
    private int failuresKept = 1000;
    private Consumer<Ended> observer = ended -> {};
    private long seed = ThreadLocalRandom.current().nextLong(1_000_000);

    LoadRunBuilder(URI uri) {
        this.uri = uri;
    }

    /** One-shot if not said. */
    public LoadRunBuilder mode(Mode mode) {
        this.mode = mode;
        return this;
    }

    /** Attempts a second; in the mode keep-alive clients and think time decide instead. */
    public LoadRunBuilder rate(double perSecond) {
        this.rate = perSecond;
        return this;
    }

    /** Without it the run lasts until {@link LoadRun#stop}. */
    public LoadRunBuilder length(Duration length) {
        this.length = length;
        return this;
    }

    /** None if not said. */
    public LoadRunBuilder warmUp(Duration warmUp) {
        this.warmUp = warmUp;
        return this;
    }

    /** By number instead of time. */
    public LoadRunBuilder warmUpAttempts(long attempts) {
        this.warmUpAttempts = attempts;
        return this;
    }

    /** 10 s if not said. */
    public LoadRunBuilder timeout(Duration timeout) {
        this.timeout = timeout;
        return this;
    }

    /** What is to be judged by this run: it is void if we were too late ourselves for that. */
    public LoadRunBuilder bound(Duration bound) {
        this.bound = bound;
        return this;
    }

    /** 50 if not said; each thinks for {@code least} to {@code most} from one request to the next, 0 to 200 ms if not said. */
    public LoadRunBuilder clients(int clients, Duration least, Duration most) {
        this.clients = clients;
        this.thinkLeast = least;
        this.thinkMost = most;
        return this;
    }

    /** 4 with 100 streams each if not said. */
    public LoadRunBuilder connections(int connections, int streams) {
        this.connections = connections;
        this.streams = streams;
        return this;
    }

    /** 64 bytes if not said, and never less than the nonce. */
    public LoadRunBuilder payload(int bytes) {
        this.payload = bytes;
        return this;
    }

    /** 1000 if not said. */
    public LoadRunBuilder failuresKept(int most) {
        this.failuresKept = most;
        return this;
    }

    /** Told on the run's loop how each counted attempt ended; nobody if not said. */
    public LoadRunBuilder observer(Consumer<Ended> observer) {
        this.observer = observer;
        return this;
    }

    /** Makes think times repeatable. */
    public LoadRunBuilder seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * Checked, not started.
     *
     * @throws IllegalArgumentException if the values do not go together
     */
    public LoadRun build() {
        LoadPlan plan = new LoadPlan(
                mode,
                uri,
                rate,
                length,
                warmUp,
                warmUpAttempts,
                timeout,
                bound,
                clients,
                thinkLeast,
                thinkMost,
                connections,
                streams,
                payload,
                failuresKept,
                seed);
        return new LoadRun(plan, observer);
    }

    /** Builds and runs to the end. */
    public Report run() {
        return build().run();
    }
}
