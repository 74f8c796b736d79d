package org.nettycluster.protocol;

/**
 * The name of one worker process: a seat and a generation, {@code 3.2}, or a plain number, {@code 7}, for a worker that
 * sits in no slot.
 *
 * @param number slot of a fleet (1…N), or the id of a single fork, which is never used again; 1 to 2^31-1
 * @param generation counts the occupants of a slot from 1; 0 says that this worker has no slot
 */
public record WorkerId(int number, int generation) {
    /** Rejects numbers that could not have been given out. */
    public WorkerId {
        if (number < 1 || generation < 0) {
            throw new IllegalArgumentException(
                    "worker id " + number + "." + generation + ": number must be >= 1, generation >= 0");
        }
    }

    /**
     * Reads what {@link #toString} wrote, and no other spelling of it: one worker has one name.
     *
     * @throws IllegalArgumentException if the text is neither {@code N} nor {@code N.G}
     */
    public static WorkerId parse(String text) {
        int dot = text.indexOf('.');
        try {
            WorkerId id = dot < 0
                    ? new WorkerId(Integer.parseInt(text), 0)
                    : new WorkerId(Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
            if (id.toString().equals(text)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new IllegalArgumentException("worker id '" + text + "' is neither N nor N.G");
    }

    @Override
    public String toString() {
        return generation == 0 ? Integer.toString(number) : number + "." + generation;
    }
}
