package org.nettycluster.testsuite.node;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test that keeps the promises of these tests of Node's, or is free of this weakness of Node's ({@code W1}). */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Test
@Timeout(30)
@ExtendWith(Tally.class)
@interface Upstream {
    /** Names of their files without {@code .js}, as in the table. */
    String[] value();
}
