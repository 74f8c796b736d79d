package org.nettycluster.cli.client;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Columns as wide as their widest cell; what is all numbers stands to the right. Used by one thread. */
final class Table {
    private static final Pattern NUMBER = Pattern.compile("-?\\d+|-");

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... titles) {
        rows.add(List.of(titles));
    }

    void row(String... cells) {
        rows.add(List.of(cells));
    }

    List<String> lines() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        boolean[] right = new boolean[columns];
        for (int column = 0; column < columns; column++) {
            int numbered = column;
            right[column] =
                    rows.stream().skip(1).anyMatch(row -> !row.get(numbered).equals("-"));
            for (int row = 0; row < rows.size(); row++) {
                String cell = rows.get(row).get(column);
                widths[column] = Math.max(widths[column], cell.length());
                right[column] &= row == 0 || NUMBER.matcher(cell).matches();
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String padding = " ".repeat(widths[column] - row.get(column).length());
                line.append(column == 0 ? "" : "  ")
                        .append(right[column] ? padding + row.get(column) : row.get(column) + padding);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
