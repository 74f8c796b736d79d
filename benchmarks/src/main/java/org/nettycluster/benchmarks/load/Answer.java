package org.nettycluster.benchmarks.load;

import org.jspecify.annotations.Nullable;

/**
 * What the head of an answer says.
 *
 * @param status its status code
 * @param nonce that it carries, if the server echoes them
 * @param worker who gave it, if it says so
 * @param last whether the connection ends after it
 */
record Answer(int status, @Nullable String nonce, @Nullable String worker, boolean last) {
    /** Request and answer: what belongs together. */
    static final String NONCE = "x-nonce";
    /** Answer: who gave it. */
    static final String WORKER = "x-worker";

    /** A complete answer ends its attempt, well or not. */
    void judge(Attempt attempt) {
        if (status != 200) {
            attempt.end(Outcome.WRONG, "status " + status);
        } else if (nonce != null && !nonce.equals(attempt.nonce())) {
            attempt.end(Outcome.WRONG, "the answer carries the nonce " + nonce);
        } else {
            attempt.end(Outcome.OK, "");
        }
    }
}
