package org.nettycluster.master.supervise;

/** A change of the fleet that takes time; it is told what happens meanwhile. On the supervisor's thread. */
interface Change {
    /** What it does, for whoever is refused because of it. */
    String what();

    /** When it began. */
    long since();

    /** A worker has become ready. */
    void ready(Slot slot, Place place);

    /**
     * A worker has ended that nobody had asked to, and does not sit where it did any more.
     *
     * @param why a sentence about it
     * @return whether its place shall not be taken again
     */
    boolean crashed(Slot slot, Place place, String why);

    /** A worker that was asked to go has done so. */
    void left(Slot slot, Place place);

    /** A worker that drains had to close so many connections by force. */
    void forced(Place place, int connections);

    /** The cluster stops: nothing more is done, and whoever waits for the end is told. */
    void abort(String why);
}
