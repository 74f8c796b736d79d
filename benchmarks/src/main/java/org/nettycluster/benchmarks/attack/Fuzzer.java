package org.nettycluster.benchmarks.attack;

import io.netty.channel.epoll.Epoll;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.nettycluster.protocol.Hello;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.Unlisten;
import org.nettycluster.protocol.Welcome;
import org.nettycluster.protocol.WorkerId;

/**
 * A process that says nonsense to a master: as a stranger, and as one worker after the other that turns bad behind its
 * hello. Prints {@value #MORE} when it wants to be more workers, for which it reads lines {@code ID TOKEN}, and at its end
 * one line of what it did.
 */
public final class Fuzzer {
    /** Asks for workers to be. */
    public static final String MORE = "more";
    /** So many at a time. */
    public static final int AT_A_TIME = 50;

    private static final int MOST_IN_A_ROW = 16;

    private final Path socket;
    private final Fuzz fuzz;
    private final BufferedReader orders =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    private final List<Hello> identities = new ArrayList<>();
    private long frames;
    private long connections;
    private long workers;
    private long lanes;
    private long descriptors;
    private long unended;

    private Fuzzer(Path socket, long seed) {
        this.socket = socket;
        this.fuzz = new Fuzz(new Random(seed));
    }

    /** Arguments: control socket, how many frames, how many a second, seed. */
    public static void main(String... args) throws IOException {
        // Its library knows sockets of the kind that carries descriptors.
        Epoll.ensureAvailability();
        Fuzzer fuzzer = new Fuzzer(Path.of(args[0]), Long.parseLong(args[3]));
        fuzzer.run(Long.parseLong(args[1]), Double.parseDouble(args[2]));
        System.out.println(fuzzer.frames + " frames on " + fuzzer.connections + " connections, as " + fuzzer.workers
                + " workers with " + fuzzer.lanes + " lanes, " + fuzzer.descriptors + " descriptors sent, "
                + fuzzer.unended + " not ended");
    }

    private void run(long enough, double rate) throws IOException {
        long begin = System.nanoTime();
        while (frames < enough) {
            long early = begin + (long) (frames * 1e9 / rate) - System.nanoTime();
            if (early > 0) {
                LockSupport.parkNanos(early);
                continue;
            }
            int kind = fuzz.number(100);
            if (kind < 60) {
                stranger();
            } else if (kind < 94) {
                worker();
            } else {
                lane();
            }
        }
        giveBack();
    }

    private void stranger() throws IOException {
        frames++;
        connections++;
        if (fuzz.chance(3)) {
            descriptors += Lane.sendDescriptors(socket, fuzz);
            return;
        }
        byte[] said = fuzz.chance(50) ? fuzz.bad(fuzz.hello()) : fuzz.bad(fuzz.odd());
        try (Call call = Call.to(socket)) {
            call.say(said);
            end(call);
        } catch (IOException e) {
            // Sent away in the middle of it.
        }
    }

    /** Says hello as it may, and then what it likes until it is sent away. */
    private void worker() throws IOException {
        Hello hello = identity();
        connections++;
        try (Call call = Call.to(socket)) {
            call.say(Fuzz.bytes(hello));
            for (int i = fuzz.number(MOST_IN_A_ROW); i > 0; i--) {
                frames++;
                call.say(fuzz.chance(20) ? fuzz.unknown() : Fuzz.bytes(fuzz.harmless()));
            }
            frames++;
            call.say(fuzz.chance(80) ? fuzz.bad(fuzz.odd()) : Fuzz.bytes(fuzz.odd()));
            end(call);
        } catch (IOException e) {
            // Sent away in the middle of it.
        }
    }

    private void lane() throws IOException {
        Hello hello = identity();
        connections++;
        try (Call call = Call.to(socket)) {
            call.say(Fuzz.bytes(hello));
            if (!(call.hear() instanceof Welcome)) {
                throw new IOException("not welcome");
            }
            call.say(Fuzz.bytes(Fuzz.everyListen().get(fuzz.number(4))));
            if (call.hear() instanceof Listening listening) {
                lanes++;
                try (Lane lane = Lane.open(socket, hello, listening)) {
                    connections++;
                    frames += lane.misbehave(fuzz);
                    descriptors += lane.sent();
                }
            }
            frames++;
            call.say(fuzz.bad(fuzz.odd()));
            end(call);
        } catch (IOException e) {
            // Sent away in the middle of it.
        }
    }

    private void end(Call call) {
        if (!call.isEnded()) {
            unended++;
        }
    }

    private Hello identity() throws IOException {
        if (identities.isEmpty()) {
            System.out.println(MORE);
            for (int i = 0; i < AT_A_TIME; i++) {
                String line = orders.readLine();
                if (line == null) {
                    throw new IOException("nobody gives us workers to be");
                }
                String[] words = line.split(" ", -1);
                identities.add(new Hello(
                        1,
                        1,
                        WorkerId.parse(words[0]),
                        Token.parse(words[1]),
                        ProcessHandle.current().pid()));
            }
        }
        workers++;
        return identities.remove(identities.size() - 1);
    }

    /** Listeners outlive workers that crash: the last worker leaves each of them on purpose. */
    private void giveBack() throws IOException {
        try (Call call = Call.to(socket)) {
            call.say(Fuzz.bytes(identity()));
            call.hear();
            for (var listen : Fuzz.everyListen()) {
                call.say(Fuzz.bytes(listen));
                if (call.hear() instanceof Listening listening) {
                    call.say(Fuzz.bytes(new Unlisten(listening.listener())));
                }
            }
            call.isEnded();
        }
    }
}
