package org.nettycluster.testsuite.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The rows of {@code docs/node-compatibility.md}. Immutable. */
record Table(List<Row> rows) {
    static final Path FILE = Path.of(System.getProperty("ncluster.root", "."), "docs", "node-compatibility.md");

    /** How ours compares. */
    enum Verdict {
        SAME,
        BETTER,
        DIFFERENT,
        PENDING,
        NOT_APPLICABLE;

        boolean isCovered() {
            return this != PENDING && this != NOT_APPLICABLE;
        }

        private static Verdict of(String cell) {
            return cell.equals("n/a") ? NOT_APPLICABLE : valueOf(cell.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * One line.
     *
     * @param test {@code Class.method}, or empty
     * @param why what differs, or what is waited for
     */
    record Row(String upstream, String behaviour, String test, Verdict verdict, String why) {
        private static Row of(String line) {
            String[] cells = line.split("(?<!\\\\)\\|", -1);
            if (cells.length != 7) {
                throw new IllegalArgumentException("a row has five cells: " + line);
            }
            return new Row(
                    cells[1].strip().replace("`", ""),
                    cells[2].strip(),
                    cells[3].strip().replace("`", ""),
                    Verdict.of(cells[4].strip()),
                    cells[5].strip());
        }
    }

    static Table read() {
        try {
            return new Table(Files.readAllLines(FILE).stream()
                    .filter(line -> line.startsWith("| `"))
                    .map(Row::of)
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long count(Predicate<Verdict> verdict) {
        return rows.stream().filter(row -> verdict.test(row.verdict)).count();
    }
}
