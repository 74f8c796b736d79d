package org.nettycluster.master.dispatch;

import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.ClaimState;

/**
 * The master's hand on the claim cells of one lane. The one real implementation is {@link #of}; models put their own
 * memory, or a broken one, in its place.
 */
public interface Cells {
    /** Number of cells. */
    int window();

    /** The word of the cell that this sequence belongs to. */
    long word(long sequence);

    /** Makes an offer in a cell that is free. */
    void offer(long sequence, ClaimState state, byte[] address);

    /** Unmakes an offer whose message was never sent. */
    void withdraw(long sequence);

    /** Takes an offer back by compare-and-set; false if the worker was faster. */
    boolean revoke(long sequence, ClaimState offered);

    /** The dup of a claimed connection is closed. */
    void settled(long sequence);

    /** Whether the worker takes connections now. */
    boolean wants();

    /** Claimed connections that have ended, by the worker's count; more than any number when the page is gone. */
    long closed();

    /** Connections that the worker has accepted itself so far, by its own count; 0 where the master accepts. */
    default long accepted() {
        return 0;
    }

    /** Asks for a ring when a connection has ended; the caller looks once more before it waits. */
    void armEndBell();

    /** Asks for a ring at the next claim; the caller sweeps once more before it waits. */
    void armBell();

    /** The cells of a page that belongs to a lane down which connections are handed. */
    static Cells of(ClaimPage page) {
        return of(page, false);
    }

    /**
     * The cells of a page.
     *
     * @param acceptsItself whether its worker does, so that its own count of them is all there is
     */
    static Cells of(ClaimPage page, boolean acceptsItself) {
        return new Cells() {
            @Override
            public long accepted() {
                return acceptsItself && !page.isGone() ? page.adopted() : 0;
            }

            @Override
            public int window() {
                return page.window();
            }

            @Override
            public long word(long sequence) {
                return page.word(page.cellOf(sequence));
            }

            @Override
            public void offer(long sequence, ClaimState state, byte[] address) {
                page.offer(sequence, state, address, 0, address.length);
            }

            @Override
            public void withdraw(long sequence) {
                page.withdraw(sequence);
            }

            @Override
            public boolean revoke(long sequence, ClaimState offered) {
                return page.transition(sequence, offered, ClaimState.REVOKED);
            }

            @Override
            public void settled(long sequence) {
                page.settled(sequence);
            }

            @Override
            public boolean wants() {
                return page.wants();
            }

            @Override
            public long closed() {
                // It goes when its last connection has ended, or its process.
                return page.isGone() ? Long.MAX_VALUE : page.closed();
            }

            @Override
            public void armEndBell() {
                page.armEndBell();
            }

            @Override
            public void armBell() {
                page.armBell();
            }
        };
    }
}
