package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Many clients that connect at one moment, from an address of their own, so that ports last. They hold their connections,
 * or ask once and read to the end. Driven by the thread that calls.
 */
final class ClientCrowd implements AutoCloseable {
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final int FIRST_PORT = 10_000;
    private static final int LAST_PORT = 60_000;

    private final InetSocketAddress target;
    private final String source;
    private final Selector selector = Selector.open();
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(16 * 1024);
    private final List<Member> prepared = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private int port = FIRST_PORT;
    private boolean asks;
    private int connected;
    private int failed;

    /** @param source an address of this machine, 127.0.0.2 and the like */
    ClientCrowd(URI target, String source) throws IOException {
        this.target = new InetSocketAddress(target.getHost(), target.getPort());
        this.source = source;
    }

    private static final class Member {
        private final SocketChannel channel;
        private long begin;
        private boolean answered;
        private boolean over;

        Member(SocketChannel channel) {
            this.channel = channel;
        }
    }

    /** So many more get a socket and a port, so that they can come at one moment, and this work is not part of it. */
    void prepare(int clients) throws IOException {
        for (int i = 0; i < clients; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            bind(channel);
            prepared.add(new Member(channel));
        }
    }

    /** All that are prepared begin to connect. */
    void come() throws IOException {
        for (Member member : prepared) {
            members.add(member);
            member.begin = System.nanoTime();
            member.channel.connect(target);
            member.channel.register(selector, SelectionKey.OP_CONNECT, member);
        }
        prepared.clear();
    }

    /** So many more begin to connect. */
    void come(int clients) throws IOException {
        prepare(clients);
        come();
    }

    /** The kernel's own search for a free port takes longer than the connect, once thousands wait in TIME_WAIT. */
    private void bind(SocketChannel channel) throws IOException {
        for (int tries = LAST_PORT - FIRST_PORT; ; tries--) {
            port = port == LAST_PORT ? FIRST_PORT : port + 1;
            try {
                channel.bind(new InetSocketAddress(source, port));
                return;
            } catch (BindException e) {
                // Somebody listens there, or is connected from there.
                if (tries == 0) {
                    throw e;
                }
            }
        }
    }

    /** Those who are connected ask, those who will be do so then. */
    void ask() {
        asks = true;
        for (SelectionKey key : List.copyOf(selector.keys())) {
            Member member = (Member) key.attachment();
            if (!member.over && member.channel.isConnected()) {
                write(member);
            }
        }
    }

    /** Goes on until all are connected, or all that ask have seen the end of their answer, or this much time has passed. */
    boolean settle(Duration atMost) throws IOException {
        long end = System.nanoTime() + atMost.toNanos();
        while (!isSettled()) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            selector.select(key -> handle(key, (Member) key.attachment()), left);
        }
        return true;
    }

    private boolean isSettled() {
        return (asks ? times.size() : connected) + failed >= members.size();
    }

    private void handle(SelectionKey key, Member member) {
        try {
            if (key.isConnectable() && member.channel.finishConnect()) {
                connected++;
                key.interestOps(SelectionKey.OP_READ);
                if (asks) {
                    write(member);
                }
            } else if (key.isReadable()) {
                read(member);
            }
        } catch (IOException e) {
            fail(member);
        }
    }

    private void write(Member member) {
        try {
            member.channel.write(ByteBuffer.wrap(REQUEST));
        } catch (IOException e) {
            fail(member);
        }
    }

    private void read(Member member) throws IOException {
        bytes.clear();
        int count = member.channel.read(bytes);
        if (count > 0) {
            member.answered |= bytes.get(0) == 'H';
            return;
        }
        if (!member.answered) {
            fail(member);
            return;
        }
        member.over = true;
        times.add(System.nanoTime() - member.begin);
        member.channel.close();
    }

    private void fail(Member member) {
        if (!member.over) {
            member.over = true;
            failed++;
            try {
                member.channel.close();
            } catch (IOException e) {
                // It has failed already.
            }
        }
    }

    /** How many were refused, reset, or ended without an answer. */
    int failed() {
        return failed;
    }

    /** How many were answered to the end. */
    int answered() {
        return times.size();
    }

    /** From its connect to the end of its answer, at the longest, in ms. */
    long slowestMillis() {
        return times.isEmpty() ? 0 : Collections.max(times) / 1_000_000;
    }

    /** How many waited for that longer than this. */
    long slowerThan(Duration limit) {
        return times.stream().filter(time -> time > limit.toNanos()).count();
    }

    /** All hang up. */
    @Override
    public void close() throws IOException {
        members.addAll(prepared);
        for (Member member : members) {
            member.channel.close();
        }
        selector.close();
    }
}
