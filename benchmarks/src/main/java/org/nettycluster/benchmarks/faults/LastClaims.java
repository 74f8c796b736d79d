package org.nettycluster.benchmarks.faults;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nettycluster.benchmarks.record.LastClaim;
import org.nettycluster.master.handoff.LaneLink;

/** Reads the master's debug log for the last claims of lanes that have ended. Any thread. */
final class LastClaims extends Handler {
    private static final Pattern LINE =
            Pattern.compile("lane of worker (\\S+) ended, .*:(\\d+) was among its last claims");
    private static final Logger LOGGER = Logger.getLogger(LaneLink.class.getName());

    private final List<LastClaim> claims = new CopyOnWriteArrayList<>();

    private LastClaims() {}

    static LastClaims listen() {
        LastClaims heard = new LastClaims();
        heard.setLevel(Level.ALL);
        LOGGER.setLevel(Level.FINE);
        LOGGER.addHandler(heard);
        return heard;
    }

    List<LastClaim> soFar() {
        return List.copyOf(claims);
    }

    @Override
    public void publish(LogRecord line) {
        String text = line.getMessage();
        Matcher matcher = LINE.matcher(text == null ? "" : text);
        if (matcher.find()) {
            claims.add(new LastClaim(matcher.group(1), Integer.parseInt(matcher.group(2)), System.nanoTime()));
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        LOGGER.removeHandler(this);
    }
}
