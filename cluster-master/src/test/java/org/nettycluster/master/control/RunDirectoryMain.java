package org.nettycluster.master.control;

import java.io.IOException;
import java.nio.file.Path;

/** Another process that wants the run directory named by its argument; prints what became of it. */
final class RunDirectoryMain {
    private RunDirectoryMain() {}

    public static void main(String[] arguments) {
        try (RunDirectory directory = RunDirectory.open(Path.of(arguments[0]))) {
            System.out.println("opened " + directory.path());
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
    }
}
