package org.nettycluster.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the value of {@code --workers}: a number, or {@code auto} for as many as there are processors. */
final class WorkerCount implements ITypeConverter<Integer> {
    static final int MOST = 512;

    @Override
    public Integer convert(String text) {
        if (text.equals("auto")) {
            return Math.min(MOST, Runtime.getRuntime().availableProcessors());
        }
        try {
            int count = Integer.parseInt(text);
            if (count >= 1 && count <= MOST) {
                return count;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new TypeConversionException("'" + text + "' is neither a number from 1 to " + MOST + " nor auto");
    }
}
