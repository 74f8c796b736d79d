package org.nettycluster.testsuite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** Counts the sockets of a process: descriptors are nothing that a leak detector of buffers sees. */
final class OpenSockets {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final long pid;
    private final long before;

    private OpenSockets(long pid) {
        this.pid = pid;
        this.before = count(pid);
    }

    /** Remembers how many there are now. */
    static OpenSockets of(long pid) {
        try {
            // The JDK keeps a socket for itself from the first channel on.
            SocketChannel.open().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new OpenSockets(pid);
    }

    /**
     * Waits until there are as many as before: both sides close when the other's end of file reaches them.
     *
     * @param serverPorts whose ends are not the clients'
     */
    void assertBack(Set<Integer> serverPorts) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long now = count(pid);
        while (now != before && System.nanoTime() < deadline) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            now = count(pid);
        }
        if (now != before) {
            throw new AssertionError("process " + pid + " has " + now + " sockets " + PATIENCE.toSeconds()
                    + " s after the last test, and had " + before + " before the first:" + describe(serverPorts));
        }
    }

    /** The kernel's lines about what is open: family, whose end it is, addresses, state. */
    private String describe(Set<Integer> serverPorts) {
        StringBuilder lines = new StringBuilder();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path descriptor : descriptors) {
                if (isSocket(descriptor)) {
                    String link = Files.readSymbolicLink(descriptor).toString();
                    String inode = " " + link.substring("socket:[".length(), link.length() - 1) + " ";
                    for (String family : new String[] {"tcp", "tcp6", "unix", "udp", "udp6"}) {
                        Files.readAllLines(Path.of("/proc", Long.toString(pid), "net", family)).stream()
                                .filter(line -> (line + " ").contains(inode))
                                .forEach(line -> lines.append(System.lineSeparator())
                                        .append(descriptor.getFileName())
                                        .append(' ')
                                        .append(family)
                                        .append(family.startsWith("tcp") ? end(line, serverPorts) : "")
                                        .append(line));
                    }
                }
            }
        } catch (IOException e) {
            lines.append(" (and they can't be listed: ").append(e).append(')');
        }
        return lines.toString();
    }

    /** By the second column, ADDRESS:PORT in hexadecimal digits. */
    private static String end(String line, Set<Integer> serverPorts) {
        String local = line.strip().split(" +")[1];
        int port = Integer.parseInt(local.substring(local.indexOf(':') + 1), 16);
        return serverPorts.contains(port) ? " of a server" : " of a client";
    }

    private static long count(long pid) {
        long sockets = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path descriptor : descriptors) {
                if (isSocket(descriptor)) {
                    sockets++;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sockets;
    }

    private static boolean isSocket(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (NoSuchFileException e) {
            // Closed since the directory was read.
            return false;
        }
    }
}
