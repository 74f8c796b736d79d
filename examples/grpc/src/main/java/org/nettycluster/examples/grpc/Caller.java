package org.nettycluster.examples.grpc;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nettycluster.examples.grpc.proto.ChatLine;
import org.nettycluster.examples.grpc.proto.ChatReply;
import org.nettycluster.examples.grpc.proto.CountReply;
import org.nettycluster.examples.grpc.proto.CountRequest;
import org.nettycluster.examples.grpc.proto.GreeterGrpc;
import org.nettycluster.examples.grpc.proto.HelloReply;
import org.nettycluster.examples.grpc.proto.HelloRequest;
import org.nettycluster.examples.grpc.proto.Server;

/**
 * Makes the calls of one connection, one after the other, and checks every answer.
 *
 * <p>Calls are begun on one event loop, which owns the count of those left.
 */
final class Caller {
    private static final List<Kind> KINDS = List.of(Kind.values());
    private static final int MESSAGES = 3;
    private static final long DEADLINE_SECONDS = 30;

    private final GreeterGrpc.GreeterStub greeter;
    private final String name;
    private final Executor loop;
    private final Tally tally;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int left;

    Caller(ManagedChannel channel, String name, Executor loop, Tally tally) {
        this.greeter = GreeterGrpc.newStub(channel);
        this.name = name;
        this.loop = loop;
        this.tally = tally;
    }

    /** The future completes when the last call has ended, well or not; it never fails. */
    CompletableFuture<Void> make(int calls) {
        loop.execute(() -> {
            left = calls;
            next();
        });
        return done;
    }

    private void next() {
        if (left == 0) {
            done.complete(null);
            return;
        }
        Kind kind = KINDS.get(left-- % KINDS.size());
        GreeterGrpc.GreeterStub stub = greeter.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
        switch (kind) {
            case UNARY -> {
                var answer = new Answer<>(kind, List.of("hello " + name), HelloReply::getText, HelloReply::getServer);
                stub.hello(HelloRequest.newBuilder().setName(name).build(), answer);
            }
            case SERVER_STREAMING -> {
                var answer = new Answer<>(kind, numbered(""), reply -> "" + reply.getNumber(), CountReply::getServer);
                stub.count(CountRequest.newBuilder().setTo(MESSAGES).build(), answer);
            }
            case BIDIRECTIONAL -> {
                var answer = new Answer<>(kind, numbered("you said "), ChatReply::getText, ChatReply::getServer);
                StreamObserver<ChatLine> lines = stub.chat(answer);
                for (String line : numbered("")) {
                    lines.onNext(ChatLine.newBuilder().setText(line).build());
                }
                lines.onCompleted();
            }
        }
    }

    private static List<String> numbered(String prefix) {
        return IntStream.rangeClosed(1, MESSAGES).mapToObj(i -> prefix + i).toList();
    }

    /** Collects the replies of one call, compares them with the expected ones and goes on to the next call. */
    private final class Answer<T> implements StreamObserver<T> {
        private final Kind kind;
        private final List<String> expected;
        private final Function<T, String> text;
        private final Function<T, Server> server;
        private final List<String> texts = new ArrayList<>();
        private @Nullable Server from;
        private boolean mixed;

        Answer(Kind kind, List<String> expected, Function<T, String> text, Function<T, Server> server) {
            this.kind = kind;
            this.expected = expected;
            this.text = text;
            this.server = server;
        }

        @Override
        public void onNext(T reply) {
            Server signed = server.apply(reply);
            mixed |= from != null && !from.equals(signed);
            from = signed;
            texts.add(text.apply(reply));
        }

        @Override
        public void onError(Throwable cause) {
            tally.failed(kind, name, cause.getMessage() == null ? cause.toString() : cause.getMessage());
            goOn();
        }

        @Override
        public void onCompleted() {
            if (from == null || mixed || !texts.equals(expected)) {
                tally.failed(
                        kind,
                        name,
                        "expected " + expected + " of one server, got " + texts + (mixed ? " of several" : ""));
            } else {
                tally.answered(kind, name, from);
            }
            goOn();
        }

        /** Not at once: a call that fails while it begins would begin the next one inside of itself. */
        private void goOn() {
            loop.execute(Caller.this::next);
        }
    }
}
