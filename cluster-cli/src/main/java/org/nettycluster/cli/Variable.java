package org.nettycluster.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** One environment variable for the workers, as {@code --env} gives it. */
record Variable(String name, String value) {
    private static final String OURS = "NCLUSTER_";

    /** Reads {@code NAME=VALUE}; the value may be empty and may contain further equals signs. */
    static final class Reader implements ITypeConverter<Variable> {
        @Override
        public Variable convert(String text) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new TypeConversionException("'" + text + "' is not NAME=VALUE");
            }
            String name = text.substring(0, equals);
            if (name.startsWith(OURS)) {
                throw new TypeConversionException(name + " is the master's to set, as is all that begins with " + OURS);
            }
            return new Variable(name, text.substring(equals + 1));
        }
    }
}
