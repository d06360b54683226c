package dev.tandem.cli.serve.wire;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Sends the answer to one request. All methods except {@link #inLoop} belong to the connection's event loop. */
public final class Exchange {
    /** After the last answer a client may still be sending; an immediate close would lose the answer. */
    private static final long LINGER_MILLIS = 2_000;

    /** The status that nginx logs for a client that disconnected. */
    private static final int GONE = 499;

    private static final String JSON = "application/json";

    private final ChannelHandlerContext context;
    private final HttpVersion version;
    private final String id;
    private final Done done;
    private boolean keepAlive;
    private boolean streaming;
    private boolean over;
    private @Nullable Runnable abandoned;
    private @Nullable Runnable read;

    /** Is notified of the end. */
    @FunctionalInterface
    public interface Done {
        /**
         * Is called when the answer is being sent or the client disconnected.
         *
         * @param status the HTTP status; 499 if the client disconnected
         * @param last whether the connection ends with it
         */
        void on(int status, boolean last);
    }

    /**
     * @param id the request's name in the answer and in the log
     * @param keepAlive whether the client may send another request
     * @param done is notified of the end
     */
    public Exchange(ChannelHandlerContext context, HttpVersion version, String id, boolean keepAlive, Done done) {
        this.context = context;
        this.version = version;
        this.id = id;
        this.keepAlive = keepAlive && version.isKeepAliveDefault();
        this.done = done;
    }

    /** The request's name. */
    public String id() {
        return id;
    }

    /** Runs a task in the event loop, unless the loop is closed. */
    public void inLoop(Runnable work) {
        try {
            context.executor().execute(work);
        } catch (RejectedExecutionException e) {
            return; // the server is closed, and with it every connection
        }
    }

    /** Sets what to do when the client disconnects; runs it immediately if it already has. */
    public void onAbandoned(Runnable action) {
        if (over) {
            action.run();
        } else {
            abandoned = action;
        }
    }

    /** Sets what to do when the request's body is not needed any more. */
    public void onRead(Runnable action) {
        read = action;
    }

    /** The request's body is not needed any more. */
    public void read() {
        if (read != null) {
            read.run();
        }
    }

    /** The client disconnected. */
    public void abandon() {
        if (!over) {
            over = true;
            giveUp();
            done.on(GONE, true);
        }
    }

    /** Runs the action for a client that no longer waits. */
    public void giveUp() {
        if (abandoned != null) {
            abandoned.run();
        }
    }

    /** The connection ends with this answer. */
    public void closeAfter() {
        keepAlive = false;
    }

    boolean isOver() {
        return over;
    }

    public boolean isStreaming() {
        return streaming;
    }

    public void json(int status, ObjectNode body) {
        send(status, JSON, JsonMapper.shared().writeValueAsBytes(body), Map.of());
    }

    public void error(ApiError error, Map<String, String> headers) {
        send(error.status(), JSON, JsonMapper.shared().writeValueAsBytes(error.json()), headers);
    }

    public void error(ApiError error) {
        error(
                error,
                switch (error.status()) {
                    case 401 -> Map.of("WWW-Authenticate", "Bearer");
                    case 429, 503 -> Map.of("Retry-After", "1");
                    default -> Map.of();
                });
    }

    public void send(int status, String type, byte[] body, Map<String, String> headers) {
        if (over) {
            return;
        }
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
        headers(response, type);
        headers.forEach(response.headers()::set);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        finish(status, context.writeAndFlush(response));
    }

    private void headers(HttpResponse response, String type) {
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(RequestId.HEADER, id)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("X-Content-Type-Options", "nosniff")
                .set(HttpHeaderNames.CONNECTION, keepAlive ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
    }

    /** Begins server-sent events. */
    public void beginEvents() {
        if (over || streaming) {
            return;
        }
        streaming = true;
        var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        if (version.isKeepAliveDefault()) {
            response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        headers(response, "text/event-stream; charset=utf-8");
        context.write(response);
    }

    /** Sends an event; JSON contains no line ends, so one data line is sufficient. */
    public void event(ObjectNode data) {
        event(JsonMapper.shared().writeValueAsString(data));
    }

    private void event(String data) {
        if (!over) {
            var bytes = ("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
            context.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
        }
    }

    /** Ends the events regularly, with the marker that clients expect. */
    public void endEvents() {
        if (!over) {
            event("[DONE]");
            finish(200, context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
        }
    }

    /** Breaks the events off: the client sees the error and no regular end. */
    public void breakEvents(ApiError error) {
        if (!over) {
            keepAlive = false;
            event(error.json());
            finish(error.status(), context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
        }
    }

    private void finish(int status, ChannelFuture sent) {
        over = true;
        if (!keepAlive) {
            sent.addListener(ignored -> linger());
        }
        done.on(status, !keepAlive);
    }

    private void linger() {
        if (context.channel() instanceof DuplexChannel channel) {
            channel.shutdownOutput();
        }
        context.executor().schedule(() -> context.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }
}
