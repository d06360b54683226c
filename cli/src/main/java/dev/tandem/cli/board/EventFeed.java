package dev.tandem.cli.board;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * Server-sent events: every connected browser receives the changed lines of the list and the updates of the runs it
 * follows. Each browser has a thread of its own, so that one that does not read delays no other.
 */
final class EventFeed implements AutoCloseable {
    /** Most browsers that are connected at a time. */
    static final int MAX_CLIENTS = 64;

    private static final long HEARTBEAT_MILLIS = 10_000;

    private final BoardRuns runs;
    private final ExecutorService clients = new ThreadPoolExecutor(
            0, MAX_CLIENTS, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> Board.daemon(work, "board-events"));

    EventFeed(BoardRuns runs) {
        this.runs = runs;
    }

    /**
     * Serves a browser until it disconnects.
     *
     * @param seen the version of the list that it knows; 0 if none
     * @param follow ids of runs
     */
    void serve(HttpExchange exchange, long seen, List<String> follow) throws IOException {
        var reply = new Reply(exchange).header("Content-Type", "text/event-stream; charset=utf-8");
        if (exchange.getRequestMethod().equals("HEAD")) {
            reply.send(200, "text/event-stream; charset=utf-8", new byte[0]);
            return;
        }
        try {
            clients.execute(() -> feed(exchange, seen, follow));
        } catch (RejectedExecutionException e) {
            reply.say(503, "Too many pages are open. Close some.");
        }
    }

    private void feed(HttpExchange exchange, long seen, List<String> follow) {
        try (exchange) {
            exchange.sendResponseHeaders(200, 0);
            var out = exchange.getResponseBody();
            var cursors = new LinkedHashMap<String, RunFollower.Cursor>();
            follow.forEach(id -> cursors.put(id, new RunFollower.Cursor()));
            var version = seen;
            while (!Thread.currentThread().isInterrupted()) {
                version = tell(out, version, cursors);
                if (!runs.await(version, HEARTBEAT_MILLIS)) {
                    out.write(": still here\n\n".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            }
        } catch (IOException e) {
            return; // the browser disconnected
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends what is new. Returns the version that was sent. */
    private long tell(OutputStream out, long seen, Map<String, RunFollower.Cursor> cursors) throws IOException {
        var list = runs.since(seen);
        event(out, "list", list);
        for (var entry : cursors.entrySet()) {
            var news = runs.run(entry.getKey()).map(run -> run.news(entry.getValue()));
            if (news.isPresent() && !news.get().isEmpty()) {
                event(out, "run", news.get());
            }
        }
        out.flush();
        return list.version();
    }

    private static void event(OutputStream out, String name, Object value) throws IOException {
        // JSON contains no line ends, so one data line is sufficient
        var text = "event: " + name + "\ndata: " + JsonMapper.shared().writeValueAsString(value) + "\n\n";
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        clients.shutdownNow();
    }
}
