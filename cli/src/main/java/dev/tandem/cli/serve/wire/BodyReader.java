package dev.tandem.cli.serve.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;

/** Assembles requests up to a size. */
public final class BodyReader extends HttpObjectAggregator {
    /** A body exceeds the limit. */
    public enum TooLarge {
        BODY
    }

    /** @param most bytes of a body */
    public BodyReader(int most) {
        super(most);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
        // the rest of it is discarded
        context.pipeline().fireUserEventTriggered(TooLarge.BODY);
    }
}
