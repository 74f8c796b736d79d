package org.nettycluster.cli;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;

/**
 * Hears the signals that ask a cluster to stop or to change. A shutdown hook would not do: it runs when the exit code is
 * already 143. So this speaks to {@code sun.misc.Signal}, which every JDK has and no compiler likes: by reflection, here
 * alone. USR1, USR2 and QUIT are the JVM's own, and are left to it.
 *
 * <p>The handler is called on a thread of the JVM's, one for each signal that arrives.
 */
final class Signals {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Signals.class);
    private static final List<String> NAMES = List.of("INT", "TERM", "HUP", "TTIN", "TTOU");

    private Signals() {}

    /**
     * One that has arrived.
     *
     * @param name without SIG
     */
    record Signal(String name, int number) {}

    /** Calls the handler for each such signal. One that was ignored when the JVM started (nohup) stays so. */
    static void listen(Consumer<Signal> handler) {
        for (String name : NAMES) {
            try {
                listen(name, handler);
            } catch (ReflectiveOperationException | RuntimeException e) {
                LOGGER.warn("can't listen for SIG{}, the JVM does with it what it likes: {}", name, String.valueOf(e));
            }
        }
    }

    private static void listen(String name, Consumer<Signal> handler) throws ReflectiveOperationException {
        Class<?> signalType = Class.forName("sun.misc.Signal");
        Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
        Object signal = signalType.getConstructor(String.class).newInstance(name);
        int number = (int) signalType.getMethod("getNumber").invoke(signal);
        Object ours = Proxy.newProxyInstance(
                Signals.class.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                    if (method.getName().equals("handle")) {
                        handler.accept(new Signal(name, number));
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
