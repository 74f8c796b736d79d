package org.nettycluster.cli;

import java.util.List;

/**
 * How a program starts quickly that comes with us: its workers use an archive of loaded classes, or one of them writes it.
 *
 * @param jvmOptions of the workers, before those of the user
 * @param rehearse stop when it is ready
 */
record QuickStart(List<String> jvmOptions, boolean rehearse) {
    /** Any other program. */
    static final QuickStart NONE = new QuickStart(List.of(), false);

    QuickStart {
        jvmOptions = List.copyOf(jvmOptions);
    }
}
