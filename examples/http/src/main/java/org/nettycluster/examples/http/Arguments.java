package org.nettycluster.examples.http;

/** The command line of the example, read once. Any mistake in it is an {@link IllegalArgumentException} of one line. */
record Arguments(String host, int port) {
    private static final String USAGE = "usage: http-example [--host H] [--port P]";

    static Arguments parse(String... args) {
        String host = "127.0.0.1";
        int port = 8080;
        for (int i = 0; i < args.length; i += 2) {
            String value = i + 1 < args.length ? args[i + 1] : "";
            switch (args[i]) {
                case "--host" -> host = value;
                case "--port" -> port = port(value);
                default -> throw new IllegalArgumentException("unknown argument " + args[i] + ": " + USAGE);
            }
            if (value.isEmpty()) {
                throw new IllegalArgumentException(args[i] + " needs a value: " + USAGE);
            }
        }
        return new Arguments(host, port);
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
