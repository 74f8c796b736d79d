package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table tells the truth about the tests that there are, and the other way round. */
class TableTest {
    private final Table table = Table.read();

    @Test
    void everyTestStandsInTheRowsThatItNames() throws Exception {
        Map<String, String> written = new HashMap<>();
        for (Table.Row row : table.rows()) {
            if (!row.test().isEmpty()) {
                written.put(row.upstream(), row.test());
            }
        }
        assertThat(written).isEqualTo(tests());
    }

    @Test
    void everyRowHasATestOrAReason() {
        assertThat(table.rows()).isNotEmpty().allSatisfy(row -> {
            assertThat(row.test().isEmpty())
                    .as(row.upstream())
                    .isEqualTo(!row.verdict().isCovered());
            assertThat(row.behaviour()).as(row.upstream()).isNotEmpty();
            if (row.verdict() != Table.Verdict.SAME) {
                assertThat(row.why()).as("why of " + row.upstream()).isNotEmpty();
            }
        });
    }

    @Test
    void noTestOfTheirsIsMissingOrTwice() {
        List<String> upstream = table.rows().stream().map(Table.Row::upstream).toList();
        assertThat(upstream).doesNotHaveDuplicates();
        // 88 files at Node 25.8.1, 5 of them sequential.
        assertThat(upstream)
                .filteredOn(name -> name.startsWith("test-cluster-"))
                .hasSize(88);
    }

    /** The row that each test names, and the test. */
    private static Map<String, String> tests() throws Exception {
        Path classes = Path.of(TableTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Map<String, String> tests = new HashMap<>();
        for (Class<?> each : classes(classes)) {
            for (Method method : each.getDeclaredMethods()) {
                Upstream upstream = method.getAnnotation(Upstream.class);
                if (upstream != null) {
                    for (String row : upstream.value()) {
                        String before = tests.put(row, each.getSimpleName() + "." + method.getName());
                        assertThat(before).as("two tests for " + row).isNull();
                    }
                }
            }
        }
        return tests;
    }

    private static List<Class<?>> classes(Path root) throws Exception {
        List<Class<?>> classes = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith("IT.class")).toList()) {
                String name = root.relativize(file).toString();
                classes.add(Class.forName(
                        name.substring(0, name.length() - ".class".length()).replace('/', '.')));
            }
        }
        return classes;
    }
}
