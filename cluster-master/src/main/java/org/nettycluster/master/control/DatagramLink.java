package org.nettycluster.master.control;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import org.nettycluster.master.accept.DatagramSeat;
import org.nettycluster.protocol.DatagramWord;
import org.nettycluster.protocol.WorkerId;

/**
 * The connection of one worker's copy of a UDP socket: says and hears what {@link DatagramWord} lists. Its end says that
 * the worker has the copy no longer. On the master's loop. The descriptor that is sent stays the seat's.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Writes that nobody waits for.
final class DatagramLink extends ChannelInboundHandlerAdapter implements DatagramSeat.Holder {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(DatagramLink.class);

    private final WorkerId worker;
    private final Channel channel;
    private final DatagramSeat seat;
    private final ControlEvents events;
    private boolean sent;
    private boolean taken;
    private boolean onPurpose;

    /** Enters the seat. */
    DatagramLink(WorkerId worker, Channel channel, DatagramSeat seat, ControlEvents events) {
        this.worker = worker;
        this.channel = channel;
        this.seat = seat;
        this.events = events;
        seat.enters(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
        ByteBuf received = (ByteBuf) message;
        try {
            while (received.isReadable()) {
                DatagramWord word = DatagramWord.of(received.readByte()).orElse(null);
                if (word != null) {
                    heard(ctx, word);
                }
            }
        } finally {
            received.release();
        }
    }

    private void heard(ChannelHandlerContext ctx, DatagramWord word) throws IOException {
        switch (word) {
            case SEND -> {
                // The only message down this socket since the answer was read: there is room for it.
                Socket socket = (Socket) ((EpollDomainSocketChannel) ctx.channel()).fd();
                if (sent || !seat.isOpen() || socket.sendFd(seat.descriptor()) < 0) {
                    ctx.close();
                }
                sent = true;
            }
            case TAKEN -> {
                if (!sent || taken) {
                    ctx.close();
                    return;
                }
                taken = true;
                events.listening(worker, seat.address());
                if (seat.isOpen()) {
                    seat.has(this);
                } else {
                    leave();
                }
            }
            case YIELDED -> seat.yields(this);
            case CLOSED -> {
                onPurpose = true;
                ctx.close();
            }
            case TURN, LEAVE -> ctx.close();
        }
    }

    @Override
    public WorkerId worker() {
        return worker;
    }

    @Override
    public void takeTurn() {
        say(DatagramWord.TURN);
    }

    @Override
    public void leave() {
        if (taken) {
            say(DatagramWord.LEAVE);
        } else if (!sent) {
            channel.close();
        }
        // Else it hears it when it says that it reads bytes again.
    }

    @Override
    public void end() {
        channel.close();
    }

    private void say(DatagramWord word) {
        channel.writeAndFlush(channel.alloc().buffer(1).writeByte(word.code()));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        seat.leaves(this, onPurpose);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOGGER.debug("UDP socket of worker {} at {} failed", worker, seat.address(), cause);
        ctx.close();
    }
}
