package org.nettycluster.master.supervise;

import java.util.List;
import java.util.Set;

/**
 * Where a command line of {@code java} names the program: a jar, or a class path. Pure.
 *
 * @param jar index of the jar's path in the command, -1 if there is none
 * @param classPath index of the class path, -1 if there is none
 */
record JavaLine(int jar, int classPath) {
    private static final Set<String> CLASS_PATH = Set.of("-cp", "-classpath", "--class-path");
    private static final Set<String> WITH_VALUE = Set.of(
            "-p",
            "--module-path",
            "--upgrade-module-path",
            "--add-modules",
            "--enable-native-access",
            "--add-reads",
            "--add-exports",
            "--add-opens",
            "--limit-modules",
            "--patch-module",
            "--source");
    /** An archive of loaded classes holds for the paths that it was made with, and for no others. */
    private static final List<String> ARCHIVES = List.of("-XX:SharedArchiveFile=", "-XX:ArchiveClassesAtExit=");

    private static final JavaLine NONE = new JavaLine(-1, -1);

    /** Reads it. A command that is not java, or hides its options in a file, names nothing. */
    static JavaLine of(List<String> command) {
        String program = command.get(0);
        if (!program.substring(program.lastIndexOf('/') + 1).equals("java")) {
            return NONE;
        }
        int classPath = -1;
        for (int i = 1; i < command.size(); i++) {
            String option = command.get(i);
            if (option.startsWith("@") || ARCHIVES.stream().anyMatch(option::startsWith)) {
                return NONE;
            }
            if (option.equals("-jar")) {
                return new JavaLine(i + 1 < command.size() ? i + 1 : -1, -1);
            }
            if (CLASS_PATH.contains(option)) {
                classPath = i + 1 < command.size() ? i + 1 : -1;
                i++;
            } else if (WITH_VALUE.contains(option)) {
                i++;
            } else if (!option.startsWith("-") || option.equals("-m") || option.equals("--module")) {
                break;
            }
        }
        return new JavaLine(-1, classPath);
    }
}
