package org.nettycluster.worker;

import io.netty.channel.ChannelOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ServerOption;

/** The options of a server channel that travel to the master with its bind, as far as the program has set them. Any thread. */
final class TravellingOptions {
    private final Map<ChannelOption<?>, ServerOption> codes;
    private final Map<ServerOption, Integer> chosen = new ConcurrentHashMap<>();

    /** @param codes of all that travel, by Netty's name; not copied */
    TravellingOptions(Map<ChannelOption<?>, ServerOption> codes) {
        this.codes = codes;
    }

    ChannelOption<?>[] names() {
        return codes.keySet().toArray(ChannelOption<?>[]::new);
    }

    /** What it is called on its way; null if it does not travel. */
    @Nullable
    ServerOption code(ChannelOption<?> option) {
        return codes.get(option);
    }

    /** @param value a number, or a flag, which travels as 0 or 1 */
    void set(ServerOption option, Object value) {
        chosen.put(option, value instanceof Boolean flag ? (flag ? 1 : 0) : (Integer) value);
    }

    /** Null if it was not set. */
    @Nullable
    Integer get(ServerOption option) {
        return chosen.get(option);
    }

    /** All that were set. */
    Map<ServerOption, Integer> chosen() {
        return Map.copyOf(chosen);
    }
}
