package org.nettycluster.testsuite.node;

import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** Counts rows of the table whose tests ran, and says how many when the last test has ended. Any thread. */
final class Tally implements BeforeEachCallback, TestWatcher {
    private static final Set<String> RAN = new ConcurrentSkipListSet<>();
    private static final Set<String> FAILED = new ConcurrentSkipListSet<>();

    @Override
    public void beforeEach(ExtensionContext context) {
        ExtensionContext.Store store = context.getRoot().getStore(ExtensionContext.Namespace.create(Tally.class));
        if (store.get("report") == null) {
            AutoCloseable report = Tally::report;
            store.put("report", report);
        }
        RAN.addAll(rows(context));
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        FAILED.addAll(rows(context));
    }

    private static Set<String> rows(ExtensionContext context) {
        return Set.of(
                context.getRequiredTestMethod().getAnnotation(Upstream.class).value());
    }

    private static void report() {
        Table table = Table.read();
        System.out.println("node conformance: " + table.count(Table.Verdict::isCovered) + " rows covered, "
                + table.count(Table.Verdict.PENDING::equals) + " pending, "
                + table.count(Table.Verdict.NOT_APPLICABLE::equals) + " not applicable, " + FAILED.size() + " failing"
                + " (" + RAN.size() + " ran)" + (FAILED.isEmpty() ? "" : ": " + FAILED));
    }
}
