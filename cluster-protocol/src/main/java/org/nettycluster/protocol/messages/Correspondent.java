package org.nettycluster.protocol.messages;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Who takes the messages of one mailbox. Called on the thread of handlers; may throw. */
public interface Correspondent {
    /** Whether there is a handler of messages. As long as not, they are kept. */
    boolean takesMessages();

    /** Only if {@link #takesMessages}. */
    void message(ClusterMessage message);

    /** Whether there is a handler of requests. As long as not, they are kept. */
    boolean takesRequests();

    /** Only if {@link #takesRequests}; null, like a failed stage, is told to whoever asks. */
    @Nullable
    CompletionStage<ClusterMessage> request(ClusterMessage request);
}
