package org.nettycluster.protocol.messages;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.passing.PassedConnection;

/** Who takes the messages of one mailbox. Called on the thread of handlers; may throw. */
public interface Correspondent {
    /** Whether there is a handler of messages. As long as not, they are kept. */
    boolean takesMessages();

    /** Only if {@link #takesMessages}. */
    void message(ClusterMessage message);

    /** How connections that come with messages become children of server channels; null if they can't. */
    default PassedConnection.@Nullable Inserter inserter() {
        return null;
    }

    /** Whether there is a handler of requests. As long as not, they are kept. */
    boolean takesRequests();

    /** Only if {@link #takesRequests}; null, like a failed stage, is told to whoever asks. */
    @Nullable
    CompletionStage<ClusterMessage> request(ClusterMessage request);
}
