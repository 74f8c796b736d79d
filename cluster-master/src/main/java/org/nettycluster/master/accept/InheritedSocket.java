package org.nettycluster.master.accept;

/**
 * A listening socket that the master's parent has opened and passed on. Immutable.
 *
 * @param descriptor its number in this process, 3 or more
 * @param name what the parent calls it, for messages; may be empty
 */
public record InheritedSocket(int descriptor, String name) {
    /** Rejects standard input, output and error. */
    public InheritedSocket {
        if (descriptor < 3) {
            throw new IllegalArgumentException(
                    "inherited descriptor " + descriptor + " must be 3 or more: 0 to 2 are standard input and output");
        }
    }

    @Override
    public String toString() {
        return "inherited descriptor " + descriptor + (name.isEmpty() ? "" : " (" + name + ")");
    }
}
