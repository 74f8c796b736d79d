package org.nettycluster.testsuite.node;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What readers of UDP have got: datagrams are four bytes, a number, and number 0 is sent back. The n-th peer sends those
 * that are n modulo the number of peers. Thread safe.
 */
final class Readings {
    private final int peers;
    private final BitSet seen = new BitSet();
    private final Map<Integer, Set<Integer>> readersOfPeer = new HashMap<>();
    private final Map<Integer, Integer> lastOfPeer = new HashMap<>();
    private final List<String> overtaken = new ArrayList<>();
    private int received;

    Readings(int peers) {
        this.peers = peers;
    }

    /** A handler that reads as this one: a slot or a worker. */
    ChannelHandler reader(int reader) {
        return new SimpleChannelInboundHandler<DatagramPacket>() {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
                int number = packet.content().getInt(packet.content().readerIndex());
                if (number == 0) {
                    ctx.writeAndFlush(new DatagramPacket(Unpooled.copyInt(reader), packet.sender()));
                } else {
                    read(reader, number);
                }
            }
        };
    }

    private synchronized void read(int reader, int number) {
        seen.set(number);
        received++;
        int peer = number % peers;
        readersOfPeer.computeIfAbsent(peer, none -> new HashSet<>()).add(reader);
        Integer last = lastOfPeer.put(peer, number);
        if (last != null && last > number) {
            overtaken.add(last + " came before " + number);
        }
    }

    synchronized int received() {
        return received;
    }

    /** How many numbers have come, each counted once. */
    synchronized int different() {
        return seen.cardinality();
    }

    /** Peers of whom two have read. */
    synchronized long split() {
        return readersOfPeer.values().stream().filter(each -> each.size() > 1).count();
    }

    synchronized Set<Integer> readers() {
        Set<Integer> all = new HashSet<>();
        readersOfPeer.values().forEach(all::addAll);
        return all;
    }

    synchronized List<String> overtaken() {
        return List.copyOf(overtaken);
    }
}
