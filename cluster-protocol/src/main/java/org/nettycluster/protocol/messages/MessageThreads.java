package org.nettycluster.protocol.messages;

/**
 * The two threads on which a program hears of messages, one pair for each process: {@code ncluster-messages} runs
 * handlers, one message at a time; {@code ncluster-answers} completes the stages that send and request have given. They
 * are two, so that a handler may wait for an answer. Daemons; each lives only while there is something to do.
 */
public final class MessageThreads implements AutoCloseable {
    private final CallbackThread handlers = new CallbackThread("ncluster-messages");
    private final CallbackThread stages = new CallbackThread("ncluster-answers");

    /** Starts nothing yet. */
    public MessageThreads() {}

    /** Runs it, or drops it if the threads were closed, and returns false: nobody handles anything any more. */
    boolean handle(Runnable task) {
        return handlers.execute(task);
    }

    /** Runs it in any case: a stage is always completed. */
    void complete(Runnable task) {
        if (!stages.execute(task)) {
            task.run();
        }
    }

    /** What is queued is still carried out. Does not wait. */
    @Override
    public void close() {
        handlers.close();
        stages.close();
    }
}
