package org.nettycluster.worker;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.time.Duration;
import java.util.Optional;

/**
 * User event in the pipeline of every open child, once its worker takes no more connections: finish what runs, answer
 * {@code Connection: close} or GOAWAY, and close. Fired once, on the child's own loop; the handlers in
 * {@code org.nettycluster.worker.drain} do what it asks for.
 *
 * @param deadline how long from now, before the connection is closed by force
 * @param idle how long a kept-alive connection may stay without a request; not longer than the deadline
 */
public record ClusterDraining(Duration deadline, Duration idle) {
    private static final AttributeKey<ClusterDraining> TOLD = AttributeKey.valueOf(ClusterDraining.class, "told");
    private static final Duration DEFAULT_IDLE = Duration.ofSeconds(5);

    /** Cuts the idle time at the deadline. */
    public ClusterDraining {
        idle = idle.compareTo(deadline) < 0 ? idle : deadline;
    }

    /** With the default idle time, 5 s. */
    public ClusterDraining(Duration deadline) {
        this(deadline, DEFAULT_IDLE);
    }

    /**
     * What this channel was told, for a handler that came after the event; its times count from then.
     *
     * @return empty before the drain
     */
    public static Optional<ClusterDraining> of(Channel channel) {
        return channel.hasAttr(TOLD) ? Optional.ofNullable(channel.attr(TOLD).get()) : Optional.empty();
    }

    /** On the channel's loop. */
    void tell(Channel channel) {
        channel.attr(TOLD).set(this);
        channel.pipeline().fireUserEventTriggered(this);
    }
}
