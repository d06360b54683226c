package dev.tandem.cli.board;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The last messages of a run, from {@code log.jsonl}. */
final class RunLogTail implements LineTail.Sink {
    private static final int KEPT = 100;
    private static final int LONGEST = 1 << 16;
    private static final int LONGEST_SHOWN = 2000;
    private static final long BUDGET = 1 << 22;

    private final LineTail tail;
    private final Deque<Map<String, String>> messages = new ArrayDeque<>();
    private long heard;
    private int malformed;
    private int restarts;

    RunLogTail(Path file) {
        this.tail = new LineTail(file, LONGEST, BUDGET);
    }

    /** Reads the new messages. Returns whether there were any. */
    boolean read() throws IOException {
        return tail.read(this);
    }

    boolean behind() {
        return tail.behind();
    }

    int malformed() {
        return malformed;
    }

    /** Number of messages since the run began, which serves as a reader's mark. */
    long heard() {
        return heard;
    }

    /** The messages after a mark that are still kept. */
    List<Map<String, String>> since(long mark) {
        var fresh = (int) Math.min(messages.size(), Math.max(0, heard - mark));
        return messages.stream().skip(messages.size() - fresh).toList();
    }

    @Override
    public void line(byte[] bytes, int from, int length) {
        try {
            var json = JsonMapper.shared().readTree(bytes, from, length);
            if (!json.path("message").isString()) {
                malformed++;
                return;
            }
            var message = json.path("message").stringValue();
            messages.add(Map.of(
                    "time",
                    json.path("time").asString(""),
                    "message",
                    message.length() > LONGEST_SHOWN ? message.substring(0, LONGEST_SHOWN) + "…" : message));
            heard++;
            if (messages.size() > KEPT) {
                messages.remove();
            }
        } catch (JacksonException e) {
            malformed++;
        }
    }

    @Override
    public void tooLong() {
        malformed++;
    }

    /** How often all messages became invalid and were read again. */
    int restarts() {
        return restarts;
    }

    @Override
    public void restart() {
        messages.clear();
        heard = 0;
        malformed = 0;
        restarts++;
    }
}
