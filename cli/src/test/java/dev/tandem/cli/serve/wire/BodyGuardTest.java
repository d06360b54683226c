package dev.tandem.cli.serve.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyGuardTest {
    private final BodyBudget budget = new BodyBudget(10);
    private final List<Object> events = new ArrayList<>();

    private EmbeddedChannel channel(boolean refuses) {
        return new EmbeddedChannel(new BodyGuard(budget, request -> refuses), new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext context, Object event) {
                events.add(event);
            }
        });
    }

    private static DefaultHttpRequest request() {
        var request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/v1/completions");
        HttpUtil.setContentLength(request, 20);
        return request;
    }

    private static DefaultHttpContent content(int bytes) {
        return new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[bytes]));
    }

    @Test
    void bodiesAreBoundedTogether() {
        var first = channel(false);
        first.writeInbound(request(), content(4), content(3));
        assertThat(first.inboundMessages()).hasSize(3);
        assertThat(budget.left()).isEqualTo(3);
        var second = channel(false);
        second.writeInbound(request(), content(4), content(1));
        assertThat(events).containsExactly(BodyGuard.Crowded.BODIES);
        // what follows is not kept, even if it would fit
        assertThat(second.inboundMessages()).hasSize(1);
        first.pipeline().get(BodyGuard.class).release();
        assertThat(budget.left()).isEqualTo(10);
        var third = channel(false);
        third.writeInbound(request(), content(4));
        third.close();
        assertThat(budget.left()).isEqualTo(10);
        for (var channel : List.of(first, second, third)) {
            channel.finishAndReleaseAll();
        }
        assertThat(budget.left()).isEqualTo(10);
    }

    @Test
    void aRefusedRequestComesWithoutItsBody() {
        var channel = channel(true);
        channel.writeInbound(request(), content(100), content(100));
        assertThat(channel.inboundMessages()).hasSize(1);
        FullHttpRequest passed = channel.readInbound();
        assertThat(passed.content().readableBytes()).isZero();
        assertThat(HttpUtil.isKeepAlive(passed)).isFalse();
        assertThat(budget.left()).isEqualTo(10);
        HttpRequest empty = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/v1/models");
        channel.writeInbound(empty);
        assertThat(channel.<HttpRequest>readInbound()).isSameAs(empty);
        channel.finishAndReleaseAll();
    }
}
