package org.nettycluster.protocol;

/**
 * One thing that a master and a worker say to each other over a control connection; each frame's bytes are drawn above
 * its record, and {@link FrameCodec} writes and reads them.
 *
 * <pre>
 * 0               4      5
 * +---------------+------+-----------------+
 * | length (4)    | type | payload …       |   length counts type and payload, 1 to {@value FrameCodec#MAX_FRAME}
 * +---------------+------+-----------------+
 * </pre>
 *
 * <p>Numbers are big endian. A string is its UTF-8 length (2) and its bytes. A frame whose type is unknown is answered
 * with {@link Unrecognised} and skipped; bytes behind the last known field of a known frame are ignored, so that a later
 * version may append fields.
 */
public sealed interface Frame
        permits Hello,
                LaneHello,
                Welcome,
                Listen,
                ListenUnix,
                Listening,
                ListenFailed,
                Unlisten,
                Ready,
                Drain,
                Drained,
                MessageFrame,
                Leave,
                DatagramHello,
                DatagramAnswer,
                Unrecognised,
                UnknownFrame {}
