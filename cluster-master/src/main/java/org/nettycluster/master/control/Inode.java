package org.nettycluster.master.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What decides whether a path can be trusted: its type, its owner and its mode, not following a link.
 *
 * @param mode type and permissions, as in stat(2)
 * @param owner user id
 * @param links names that it has
 */
record Inode(int mode, int owner, int links) {
    private static final int TYPE = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int LINK = 0120000;
    private static final int STICKY = 01000;
    private static final int OTHERS_WRITE = 022;
    private static final int OTHERS_ANYTHING = 077;

    static Inode of(Path path) throws IOException {
        return new Inode(attribute(path, "unix:mode"), attribute(path, "unix:uid"), attribute(path, "unix:nlink"));
    }

    private static int attribute(Path path, String name) throws IOException {
        return (Integer) Objects.requireNonNull(Files.getAttribute(path, name, LinkOption.NOFOLLOW_LINKS), name);
    }

    /** Why this cannot be the private directory of user {@code uid}; null if it can. */
    @Nullable
    String unsafeAsOurs(int uid) {
        if ((mode & TYPE) == LINK) {
            return "is a symbolic link";
        }
        if ((mode & TYPE) != DIRECTORY) {
            return "is not a directory";
        }
        if (owner != uid) {
            return "belongs to user " + owner + ", not to us (" + uid + ")";
        }
        return (mode & OTHERS_ANYTHING) == 0 ? null : "has mode " + octal() + ", not 0700";
    }

    /** Why somebody else could swap what lies below this directory; null if nobody but root and {@code uid} can. */
    @Nullable
    String unsafeAsParent(int uid) {
        if ((mode & TYPE) != DIRECTORY) {
            return "is not a directory";
        }
        if (owner != 0 && owner != uid) {
            return "belongs to user " + owner + ", neither to us (" + uid + ") nor to root";
        }
        boolean stickyOfRoot = (mode & STICKY) != 0 && owner == 0;
        return (mode & OTHERS_WRITE) == 0 || stickyOfRoot
                ? null
                : "can be written by others (mode " + octal() + ") and is not a sticky directory of root";
    }

    /**
     * Why this cannot lie in a private directory of user {@code uid} that was private all the time: somebody else could
     * write there once. Null if it can.
     */
    @Nullable
    String unsafeInOurs(int uid) {
        if (owner != uid) {
            return "belongs to user " + owner + ", not to us (" + uid + ")";
        }
        return (mode & TYPE) == DIRECTORY || links <= 1
                ? null
                : "has " + links + " names: writing to it would write to a file elsewhere";
    }

    private String octal() {
        return String.format(Locale.ROOT, "%04o", mode & 07777);
    }
}
