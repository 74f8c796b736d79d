package org.nettycluster.protocol;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The part of {@link FrameCodec} that writes and reads {@link MessageFrame}s. Stateless; any thread. */
final class MessageCodec {
    private static final int MESSAGE = 11;
    private static final int PART = 13;
    private static final int ANSWER = 15;
    private static final int REQUEST_FAILED = 16;
    private static final int CREDIT = 17;

    private static final int MAX_CONTENT_TYPE = 255;

    private MessageCodec() {}

    /** Appends its type and payload. */
    static void append(MessageFrame frame, ByteBuf out) {
        if (frame instanceof Message message) {
            out.writeByte(MESSAGE);
            FrameCodec.writeString(message.contentType(), MAX_CONTENT_TYPE, out);
            writeBody(message.body(), out);
        } else if (frame instanceof Part part) {
            out.writeByte(PART);
            writeBody(part.body(), out);
        } else if (frame instanceof Request request) {
            if (request.patienceMillis() < 0) {
                throw new IllegalArgumentException("patience " + request.patienceMillis() + " ms is negative");
            }
            out.writeByte(Request.TYPE).writeInt(request.correlation()).writeLong(request.patienceMillis());
            FrameCodec.writeString(request.contentType(), MAX_CONTENT_TYPE, out);
            writeBody(request.body(), out);
        } else if (frame instanceof Answer answer) {
            out.writeByte(ANSWER).writeInt(answer.correlation());
            FrameCodec.writeString(answer.contentType(), MAX_CONTENT_TYPE, out);
            writeBody(answer.body(), out);
        } else if (frame instanceof RequestFailed failed) {
            out.writeByte(REQUEST_FAILED).writeInt(failed.correlation());
            FrameCodec.writeString(failed.text(), FrameCodec.MAX_TEXT, out);
        } else if (frame instanceof Credit credit) {
            out.writeByte(CREDIT).writeInt(FrameCodec.unsigned("credit", credit.bytes(), Integer.MAX_VALUE));
        } else if (frame instanceof PassedMessage message) {
            out.writeByte(PassedMessage.TYPE).writeInt(message.number());
            FrameCodec.writeString(message.contentType(), MAX_CONTENT_TYPE, out);
            writeBody(message.body(), out);
        } else if (frame instanceof PassingNews news) {
            out.writeByte(PassingNews.TYPE).writeByte(news.word().code()).writeInt(news.number());
        }
    }

    /** Reads the payload of a frame of this type to the end of the buffer; null if it is none of ours. */
    static @Nullable MessageFrame read(int type, ByteBuf in) throws ProtocolException {
        return switch (type) {
            case MESSAGE -> new Message(readContentType(in), readBody(in));
            case PART -> new Part(readBody(in));
            case Request.TYPE -> readRequest(in);
            case ANSWER -> new Answer(in.readInt(), readContentType(in), readBody(in));
            case REQUEST_FAILED -> new RequestFailed(in.readInt(), FrameCodec.readString(FrameCodec.MAX_TEXT, in));
            case CREDIT -> new Credit(FrameCodec.unsigned("credit", in.readInt(), Integer.MAX_VALUE));
            case PassedMessage.TYPE -> new PassedMessage(in.readInt(), readContentType(in), readBody(in));
            case PassingNews.TYPE -> new PassingNews(PassingNews.Word.of(in.readUnsignedByte()), in.readInt());
            default -> null;
        };
    }

    private static Request readRequest(ByteBuf in) throws ProtocolException {
        int correlation = in.readInt();
        long patience = in.readLong();
        if (patience < 0) {
            throw new ProtocolException("patience " + patience + " ms is negative");
        }
        return new Request(correlation, patience, readContentType(in), readBody(in));
    }

    private static String readContentType(ByteBuf in) throws ProtocolException {
        return FrameCodec.readString(MAX_CONTENT_TYPE, in);
    }

    private static void writeBody(byte[] body, ByteBuf out) {
        if (body.length > Message.MAX_BODY) {
            throw new IllegalArgumentException(
                    "message body has " + body.length + " bytes, at most " + Message.MAX_BODY);
        }
        out.writeBytes(body);
    }

    private static byte[] readBody(ByteBuf in) throws ProtocolException {
        if (in.readableBytes() > Message.MAX_BODY) {
            throw new ProtocolException(
                    "message body has " + in.readableBytes() + " bytes, at most " + Message.MAX_BODY);
        }
        byte[] body = new byte[in.readableBytes()];
        in.readBytes(body);
        return body;
    }
}
