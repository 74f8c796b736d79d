package org.nettycluster.benchmarks.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the files of all {@link DatagramRecorder}s say together. Immutable.
 *
 * @param received datagrams, each as often as it came
 * @param lost numbers that came nowhere
 * @param twice numbers that came more than once
 * @param slots who has read anything
 * @param split peers that more than one slot has read
 */
public record DatagramCount(int received, List<Integer> lost, int twice, Set<Integer> slots, int split) {
    /**
     * Reads them, now.
     *
     * @param sent numbers 0 to this, exclusive, of which peer n sent those that are n modulo {@code peers}
     */
    public static DatagramCount read(Path directory, int sent, int peers) throws IOException {
        int[] times = new int[sent];
        Map<Integer, Set<Integer>> slotsOfPeer = new HashMap<>();
        Set<Integer> slots = new HashSet<>();
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.toList();
        }
        for (Path file : files) {
            String worker = String.valueOf(file.getFileName());
            int slot = Integer.parseInt(worker.substring(0, worker.indexOf('.')));
            byte[] counts = Files.readAllBytes(file);
            for (int number = 0; number < Math.min(sent, counts.length); number++) {
                if (counts[number] != 0) {
                    times[number] += counts[number];
                    slots.add(slot);
                    slotsOfPeer
                            .computeIfAbsent(number % peers, none -> new HashSet<>())
                            .add(slot);
                }
            }
        }
        int received = 0;
        List<Integer> lost = new ArrayList<>();
        int twice = 0;
        for (int number = 0; number < sent; number++) {
            received += times[number];
            twice += times[number] > 1 ? 1 : 0;
            if (times[number] == 0) {
                lost.add(number);
            }
        }
        int split = (int)
                slotsOfPeer.values().stream().filter(each -> each.size() > 1).count();
        return new DatagramCount(received, List.copyOf(lost), twice, Set.copyOf(slots), split);
    }
}
