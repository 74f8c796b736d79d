package org.nettycluster.protocol.messages;

import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.passing.PassedConnection;

/**
 * What a program says to another one: bytes, and a word about what they are. Immutable; the bytes are copied in and out.
 * One that was received may have come with a connection.
 *
 * <p>The library reads neither of the two.
 */
public final class ClusterMessage {
    /** The most bytes of a message: 1 MiB. */
    public static final int MAX_BYTES = 1024 * 1024;
    /** The longest content type, in bytes of UTF-8. */
    public static final int MAX_CONTENT_TYPE = 255;
    /** The content type of {@link #text(String)}. */
    public static final String TEXT = "text/plain; charset=utf-8";

    /** What a message costs beside its bytes: many empty ones are not free. */
    private static final int OVERHEAD = 64;

    private final String contentType;
    private final byte[] body;
    private final int charge;
    private final @Nullable PassedConnection connection;

    private ClusterMessage(String contentType, byte[] body, @Nullable PassedConnection connection) {
        int type = ByteBufUtil.utf8Bytes(contentType);
        if (type > MAX_CONTENT_TYPE) {
            throw new IllegalArgumentException(
                    "the content type has " + type + " bytes of UTF-8, at most " + MAX_CONTENT_TYPE);
        }
        if (body.length > MAX_BYTES) {
            throw new IllegalArgumentException("the message has " + body.length + " bytes, at most " + MAX_BYTES
                    + ": send what is longer in pieces, or the path of a file");
        }
        this.contentType = contentType;
        this.body = body;
        this.connection = connection;
        charge = body.length + type + OVERHEAD;
    }

    /**
     * A message with a copy of these bytes.
     *
     * @param contentType of the program's choice, at most 255 bytes of UTF-8
     * @param bytes at most {@value #MAX_BYTES}
     * @throws IllegalArgumentException naming the limit that is crossed
     */
    public static ClusterMessage of(String contentType, byte[] bytes) {
        return owning(contentType, bytes.length > MAX_BYTES ? bytes : bytes.clone());
    }

    /** A message of content type {@value #TEXT}. */
    public static ClusterMessage text(String text) {
        return owning(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Nobody else has this array. */
    static ClusterMessage owning(String contentType, byte[] body) {
        return new ClusterMessage(contentType, body, null);
    }

    /** This message, as it arrives with a connection. */
    ClusterMessage with(PassedConnection passed) {
        return new ClusterMessage(contentType, body, passed);
    }

    /**
     * The client's connection that was sent with it. To be claimed while a handler of this message runs; whoever sends the
     * message on, sends it without.
     */
    public Optional<PassedConnection> connection() {
        return Optional.ofNullable(connection);
    }

    @Nullable
    PassedConnection passed() {
        return connection;
    }

    /** What the bytes are, in the sender's words. */
    public String contentType() {
        return contentType;
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return body.clone();
    }

    /** How many bytes. */
    public int size() {
        return body.length;
    }

    /** The bytes as UTF-8, whatever the content type says. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    byte[] body() {
        return body;
    }

    /** What it costs wherever bytes are counted, on both sides the same. */
    int charge() {
        return charge;
    }

    /** By content type and bytes. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ClusterMessage message
                && contentType.equals(message.contentType)
                && Arrays.equals(body, message.body);
    }

    @Override
    public int hashCode() {
        return 31 * contentType.hashCode() + Arrays.hashCode(body);
    }

    /** Without the bytes, which may be secret. */
    @Override
    public String toString() {
        return "message of " + body.length + " bytes, " + contentType
                + (connection == null ? "" : ", with a " + connection);
    }
}
