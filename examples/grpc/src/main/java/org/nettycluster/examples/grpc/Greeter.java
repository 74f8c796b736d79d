package org.nettycluster.examples.grpc;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.nettycluster.examples.grpc.proto.ChatLine;
import org.nettycluster.examples.grpc.proto.ChatReply;
import org.nettycluster.examples.grpc.proto.CountReply;
import org.nettycluster.examples.grpc.proto.CountRequest;
import org.nettycluster.examples.grpc.proto.GreeterGrpc;
import org.nettycluster.examples.grpc.proto.HelloReply;
import org.nettycluster.examples.grpc.proto.HelloRequest;
import org.nettycluster.examples.grpc.proto.Server;
import org.nettycluster.worker.ClusterWorker;

/** The service: stateless, it never blocks, and it answers on whichever thread a call comes. */
final class Greeter extends GreeterGrpc.GreeterImplBase {
    private static final int HIGHEST = 10_000;

    private final Server self;

    private Greeter(Server self) {
        this.self = self;
    }

    /** Signs its replies with the worker this JVM is, or with its pid alone. */
    static Greeter ofThisProcess() {
        Optional<String> worker =
                ClusterWorker.current().map(current -> current.id().toString());
        return new Greeter(Server.newBuilder()
                .setWorker(worker.orElse(""))
                .setPid(ProcessHandle.current().pid())
                .build());
    }

    @Override
    public void hello(HelloRequest request, StreamObserver<HelloReply> replies) {
        replies.onNext(HelloReply.newBuilder()
                .setText("hello " + request.getName())
                .setServer(self)
                .build());
        replies.onCompleted();
    }

    @Override
    public void count(CountRequest request, StreamObserver<CountReply> replies) {
        if (request.getTo() < 0 || request.getTo() > HIGHEST) {
            replies.onError(Status.INVALID_ARGUMENT
                    .withDescription("can't count to " + request.getTo() + ": ask for 0 to " + HIGHEST)
                    .asRuntimeException());
            return;
        }
        for (int number = 1; number <= request.getTo(); number++) {
            replies.onNext(
                    CountReply.newBuilder().setNumber(number).setServer(self).build());
        }
        replies.onCompleted();
    }

    @Override
    public StreamObserver<ChatLine> chat(StreamObserver<ChatReply> replies) {
        return new StreamObserver<>() {
            @Override
            public void onNext(ChatLine line) {
                replies.onNext(ChatReply.newBuilder()
                        .setText("you said " + line.getText())
                        .setServer(self)
                        .build());
            }

            @Override
            public void onError(Throwable cause) {
                // The client has gone: nobody to tell.
            }

            @Override
            public void onCompleted() {
                replies.onCompleted();
            }
        };
    }
}
