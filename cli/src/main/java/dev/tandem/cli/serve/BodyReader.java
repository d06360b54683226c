package dev.tandem.cli.serve;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;

/** Puts requests together, up to a size. */
final class BodyReader extends HttpObjectAggregator {
    /** A body is larger than may be. */
    enum TooLarge {
        BODY
    }

    /** @param most bytes of a body */
    BodyReader(int most) {
        super(most);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
        // what comes of it still is thrown away
        context.pipeline().fireUserEventTriggered(TooLarge.BODY);
    }
}
