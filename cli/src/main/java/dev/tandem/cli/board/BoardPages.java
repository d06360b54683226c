package dev.tandem.cli.board;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Answers requests for the page, its files, the runs as JSON, events and reports; every other address is unknown. */
final class BoardPages implements HttpHandler {
    private static final int MAX_FOLLOWED = 12;
    private static final long LARGEST_REPORT = 1 << 26;

    private final BoardAccess gate;
    private final BoardRuns runs;
    private final EventFeed events;

    BoardPages(BoardAccess gate, BoardRuns runs, EventFeed events) {
        this.gate = gate;
        this.runs = runs;
        this.events = events;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        var reply = new Reply(exchange);
        var query = Query.of(exchange.getRequestURI());
        if (query.isEmpty()) {
            reply.say(414, "The address is too long.");
            return;
        }
        switch (gate.judge(exchange, query.get())) {
            case WRONG_HOST -> reply.say(403, "This is not the name of this server.");
            case FOREIGN_PAGE ->
                reply.say(403, "Requests from other pages are refused. Type or paste the address instead.");
            case WRONG_METHOD -> reply.header("Allow", "GET, HEAD").say(405, "Only GET and HEAD are answered.");
            case NO_TOKEN -> reply.say(401, "A token is needed: open the address that tandem board printed.");
            case WELCOME -> welcome(exchange, reply, query.get());
        }
    }

    private void welcome(HttpExchange exchange, Reply reply, Query query) throws IOException {
        var path = String.valueOf(exchange.getRequestURI().getRawPath());
        var cookie = gate.cookieFor(query);
        if (cookie.isPresent() && path.equals("/")) {
            reply.header("Set-Cookie", cookie.get()).header("Location", "/").send(303, Reply.TEXT, new byte[0]);
            return;
        }
        switch (path) {
            case "/api/runs" -> reply.json(runs.since(0));
            case "/api/run" -> run(reply, query);
            case "/api/events" -> events.serve(exchange, seen(query), follow(query));
            case "/report" -> report(reply, query);
            default -> asset(reply, path);
        }
    }

    private static void asset(Reply reply, String path) throws IOException {
        var asset = Assets.at(path);
        if (asset.isPresent()) {
            reply.send(200, asset.get().type(), asset.get().bytes());
        } else {
            reply.say(404, "There is nothing here.");
        }
    }

    private void run(Reply reply, Query query) throws IOException {
        var run = query.get("id").flatMap(runs::run);
        if (run.isPresent()) {
            reply.json(run.get().news(new RunFollower.Cursor()));
        } else {
            reply.say(404, "There is no such run.");
        }
    }

    private static long seen(Query query) {
        return query.get("since")
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    private static List<String> follow(Query query) {
        return query.get("follow").stream()
                .flatMap(ids -> Stream.of(ids.split(",")))
                .distinct()
                .limit(MAX_FOLLOWED)
                .toList();
    }

    private void report(Reply reply, Query query) throws IOException {
        var bytes = query.get("id").flatMap(runs::report).flatMap(BoardPages::read);
        if (bytes.isPresent()) {
            reply.asReport().send(200, "text/html; charset=utf-8", bytes.get());
        } else {
            reply.say(404, "There is no such report.");
        }
    }

    private static Optional<byte[]> read(Path file) {
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) <= LARGEST_REPORT
                    ? Optional.of(Files.readAllBytes(file))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
