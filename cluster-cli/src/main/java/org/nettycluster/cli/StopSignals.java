package org.nettycluster.cli;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Hears the signals that ask a process to stop. A shutdown hook would not do: it runs when the exit code is already
 * 143. So this speaks to {@code sun.misc.Signal}, which every JDK has and no compiler likes: by reflection, here alone.
 *
 * <p>The handler is called on a thread of the JVM's, one for each signal that arrives.
 */
final class StopSignals {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(StopSignals.class);
    private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

    private StopSignals() {}

    /** Calls the handler with the number of each such signal. One that was ignored when the JVM started (nohup) stays so. */
    static void listen(IntConsumer handler) {
        for (String name : NAMES) {
            try {
                listen(name, handler);
            } catch (ReflectiveOperationException | RuntimeException e) {
                LOGGER.warn("can't listen for SIG{}, it will stop the cluster at once: {}", name, String.valueOf(e));
            }
        }
    }

    private static void listen(String name, IntConsumer handler) throws ReflectiveOperationException {
        Class<?> signalType = Class.forName("sun.misc.Signal");
        Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
        Object signal = signalType.getConstructor(String.class).newInstance(name);
        int number = (int) signalType.getMethod("getNumber").invoke(signal);
        Object ours = Proxy.newProxyInstance(
                StopSignals.class.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                    if (method.getName().equals("handle")) {
                        handler.accept(number);
                        return null;
                    }
                    return switch (method.getName()) {
                        case "hashCode" -> System.identityHashCode(proxy);
                        case "equals" -> proxy == arguments[0];
                        default -> "handler of SIG" + name;
                    };
                });
        signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, ours);
    }
}
