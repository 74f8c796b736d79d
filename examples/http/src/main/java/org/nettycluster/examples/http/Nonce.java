package org.nettycluster.examples.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * For a client that keeps books: a request with {@code x-nonce} gets it back, and {@code x-worker} says who answered.
 * Stateless. An answer to a request without it is as if this were not here.
 */
final class Nonce {
    private static final AsciiString NONCE = AsciiString.cached("x-nonce");
    private static final AsciiString WORKER = AsciiString.cached("x-worker");
    private static final int LONGEST = 64;

    private Nonce() {}

    static void echo(HttpRequest request, HttpHeaders answer, ThisProcess process) {
        String nonce = request.headers().get(NONCE);
        if (isPlain(nonce)) {
            answer.set(NONCE, nonce).set(WORKER, process.name());
        }
    }

    /** Answers' headers are not validated, so this is. */
    private static boolean isPlain(@Nullable String nonce) {
        return nonce != null
                && nonce.length() <= LONGEST
                && nonce.chars()
                        .allMatch(c ->
                                c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
    }
}
