package org.nettycluster.master.supervise;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import org.nettycluster.protocol.WorkerId;

/** Prints what workers print to the master's own standard output and error, unchanged. Thread safe. */
public final class OwnStreams implements WorkerOutput {
    private final PrintStream out = stream(FileDescriptor.out);
    private final PrintStream err = stream(FileDescriptor.err);

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, Charset.defaultCharset());
    }

    @Override
    public void line(WorkerId worker, Stream stream, String text) {
        (stream == Stream.OUT ? out : err).println(text);
    }
}
