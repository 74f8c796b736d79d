package org.nettycluster.examples.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ThisProcessTest {
    private final ThisProcess alone = new ThisProcess(Optional.empty(), 4711);

    @Test
    void aloneItHasNoNameButItsPid() {
        assertThat(alone.greeting().toString(StandardCharsets.US_ASCII)).isEqualTo("hello from pid 4711\n");
        assertThat(alone.json()).startsWith("{\"worker\":null,\"pid\":4711,");
    }

    @Test
    void theGreetingOutlivesEachAnswerItIsWrittenIn() {
        alone.greeting().release();
        alone.greeting().skipBytes(5);

        assertThat(alone.greeting().readableBytes()).isEqualTo(20);
    }
}
