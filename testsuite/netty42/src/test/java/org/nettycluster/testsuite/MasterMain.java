package org.nettycluster.testsuite;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nettycluster.master.ClusterMaster;

/**
 * A master that admits one worker, tells its parent how to be that worker, and ends with its standard input. Started
 * from source, with the command's jar as class path: so one file serves the JVMs that test either line of Netty.
 */
public final class MasterMain {
    private MasterMain() {}

    /** Prints the variables, one a line, and an empty line. */
    public static void main(String[] arguments) throws Exception {
        try (ClusterMaster master = ClusterMaster.builder()
                .runDirectory(Path.of(arguments[0]))
                .shared(Boolean.getBoolean("ncluster.shared"))
                .start()) {
            Map<String, String> variables = new LinkedHashMap<>();
            master.admit().putInto(variables);
            variables.forEach((name, value) -> System.out.println(name + "=" + value));
            System.out.println();
            System.in.transferTo(System.err);
        }
    }
}
