package org.nettycluster.examples.http;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * The command line of the example, read once. Any mistake in it is an {@link IllegalArgumentException} of one line.
 *
 * @param unix path to listen at, instead of host and port; empty for these
 */
record Arguments(String host, int port, String unix) {
    private static final String USAGE = "usage: http-example [--host H] [--port P] | --unix PATH";

    static Arguments parse(String... args) {
        String host = "127.0.0.1";
        int port = 8080;
        String unix = "";
        for (int i = 0; i < args.length; i += 2) {
            String value = i + 1 < args.length ? args[i + 1] : "";
            switch (args[i]) {
                case "--host" -> host = value;
                case "--port" -> port = port(value);
                case "--unix" -> unix = value;
                default -> throw new IllegalArgumentException("unknown argument " + args[i] + ": " + USAGE);
            }
            if (value.isEmpty()) {
                throw new IllegalArgumentException(args[i] + " needs a value: " + USAGE);
            }
        }
        return new Arguments(host, port, unix);
    }

    SocketAddress address() {
        return unix.isEmpty() ? new InetSocketAddress(host, port) : new DomainSocketAddress(unix);
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException("--port '" + text + "' is no port from 0 to 65535: " + USAGE);
    }
}
