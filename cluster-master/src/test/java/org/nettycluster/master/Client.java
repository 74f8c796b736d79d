package org.nettycluster.master;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that blocks, on the test's thread. */
public final class Client implements AutoCloseable {
    private final Socket socket = new Socket();

    /** Connects: the kernel has queued it, nobody need have accepted it. */
    public Client(InetSocketAddress address) throws IOException {
        socket.setSoTimeout(10_000);
        socket.connect(address, 10_000);
    }

    /** All that is said until the end of file; an exception after a RST. */
    public String readAll() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    /** Our end. */
    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
