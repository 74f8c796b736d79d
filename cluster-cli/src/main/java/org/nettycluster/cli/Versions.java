package org.nettycluster.cli;

import io.netty.util.Version;
import picocli.CommandLine.IVersionProvider;

/** Says which netty-cluster, Netty and Java this is: what a report of a problem begins with. */
final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String ours = Versions.class.getPackage().getImplementationVersion();
        Version netty = Version.identify(Versions.class.getClassLoader()).get("netty-transport");
        return new String[] {
            "ncluster " + (ours == null ? "(not from a jar)" : ours),
            "Netty " + (netty == null ? "of unknown version" : netty.artifactVersion()),
            "Java " + Runtime.version() + " in " + System.getProperty("java.home")
        };
    }
}
