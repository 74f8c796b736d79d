package org.nettycluster.admin;

import java.util.ArrayList;
import java.util.List;

/** Why a request is not carried out, in words for its sender. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String wayOut;
    private final ArrayList<String> lastLines;

    private Refusal(int status, String error, String wayOut, List<String> lastLines) {
        super(error);
        this.status = status;
        this.wayOut = wayOut;
        this.lastLines = new ArrayList<>(lastLines);
    }

    /** The request makes no sense. */
    public static Refusal malformed(String error, String wayOut) {
        return new Refusal(400, error, wayOut, List.of());
    }

    /** There is no such thing. */
    public static Refusal unknown(String error, String wayOut) {
        return new Refusal(404, error, wayOut, List.of());
    }

    /** Not now. */
    public static Refusal conflict(String error, String wayOut) {
        return new Refusal(409, error, wayOut, List.of());
    }

    /** It was tried. */
    public static Refusal failed(String error, String wayOut, List<String> lastLines) {
        return new Refusal(500, error, wayOut, lastLines);
    }

    static Refusal of(int status, String error, String wayOut) {
        return new Refusal(status, error, wayOut, List.of());
    }

    /** As HTTP has it. */
    public int status() {
        return status;
    }

    /** What its sender can do. */
    public String wayOut() {
        return wayOut;
    }

    /** What the worker printed last that failed; mostly empty. */
    public List<String> lastLines() {
        return List.copyOf(lastLines);
    }
}
