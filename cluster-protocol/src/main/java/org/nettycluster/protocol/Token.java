package org.nettycluster.protocol;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The 128-bit secret that proves which worker is speaking: given to one process through its environment, never written
 * to a log, an argument list or an answer.
 *
 * <p>Immutable. Compares in constant time; {@link #toString} hides the value.
 */
public final class Token {
    /** Length on the wire, in bytes. */
    public static final int BYTES = 16;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] value;

    private Token(byte[] value) {
        this.value = value;
    }

    /** A fresh one from the system's entropy source. */
    public static Token random() {
        byte[] value = new byte[BYTES];
        RANDOM.nextBytes(value);
        return new Token(value);
    }

    /**
     * Copies the bytes that came over the wire.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #BYTES} bytes
     */
    public static Token of(byte[] value) {
        if (value.length != BYTES) {
            throw new IllegalArgumentException("token has " + value.length + " bytes, not " + BYTES);
        }
        return new Token(value.clone());
    }

    /**
     * Reads what {@link #hex} wrote.
     *
     * @throws IllegalArgumentException if the text is not 32 hexadecimal digits; the text is not repeated
     */
    public static Token parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException("token has " + hex.length() + " characters, not " + 2 * BYTES);
        }
        try {
            return new Token(HexFormat.of().parseHex(hex));
        } catch (IllegalArgumentException e) {
            // Without its cause, which names the digit that it stumbled over.
            throw new IllegalArgumentException("token is not " + 2 * BYTES + " hexadecimal digits");
        }
    }

    /** The form for an environment variable. Do not log it. */
    public String hex() {
        return HexFormat.of().formatHex(value);
    }

    byte[] bytes() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Token token && MessageDigest.isEqual(value, token.value);
    }

    @Override
    public int hashCode() {
        return value[0] << 24 | (value[1] & 0xff) << 16 | (value[2] & 0xff) << 8 | (value[3] & 0xff);
    }

    @Override
    public String toString() {
        return "token(hidden)";
    }
}
