package dev.tandem.eval.judge.client;

import dev.tandem.UserException;
import dev.tandem.io.AppendedFile;
import dev.tandem.io.InputFiles;
import dev.tandem.io.InputJson;
import dev.tandem.io.SharedLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Replies that were paid for, one JSON object a line: no request is sent twice. A reply is on the disk before it is
 * used, a line that was cut off is dropped when the file is opened again, and only one process at a time uses the file.
 */
public final class ReplyCache implements AutoCloseable {
    private static final String BEGIN = "{\"key\":\"";
    private static final int MAX_BYTES = Integer.MAX_VALUE - 16;

    private final Path file;
    private final SharedLock lock;
    private final AppendedFile records;
    private final Map<String, ChatReply> replies;
    private final Map<String, FutureTask<ChatReply>> asked = new ConcurrentHashMap<>();

    private ReplyCache(Path file, SharedLock lock, AppendedFile records, Map<String, ChatReply> replies) {
        this.file = file;
        this.lock = lock;
        this.records = records;
        this.replies = replies;
    }

    /**
     * Opens a cache, waiting while another process uses it.
     *
     * @param messages receives messages about unusual events
     * @throws UserException if the file is something else, or cannot be read and written
     */
    public static ReplyCache open(Path file, Consumer<String> messages) {
        var lock = SharedLock.of(
                file.resolveSibling(file.getFileName() + ".lock"),
                () -> messages.accept("Another process judges with " + file + "; waiting for it to end."));
        try {
            var replies = new ConcurrentHashMap<String, ChatReply>();
            if (Files.exists(file)) {
                read(file, replies, messages);
            }
            var records = AppendedFile.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
            return new ReplyCache(file, lock, records, replies);
        } catch (IOException e) {
            lock.close();
            throw unwritable(file, e);
        } catch (UserException e) {
            lock.close();
            throw e;
        }
    }

    private static void read(Path file, Map<String, ChatReply> replies, Consumer<String> messages) throws IOException {
        var bytes = InputFiles.bytes(file, MAX_BYTES);
        var start = new String(bytes, 0, Math.min(bytes.length, BEGIN.length()), StandardCharsets.UTF_8);
        if (!BEGIN.startsWith(start)) {
            throw new UserException(file
                    + " is not a file of a judge's replies. Name another with --cache; it is created if"
                    + " absent.");
        }
        var unreadable = 0;
        var from = 0;
        for (var i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                unreadable += line(new String(bytes, from, i - from, StandardCharsets.UTF_8), replies) ? 0 : 1;
                from = i + 1;
            }
        }
        if (unreadable > 0) {
            messages.accept(file + ": " + unreadable + " lines cannot be read and are skipped.");
        }
        if (from < bytes.length) {
            // cut off when its writer was killed
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(from);
            }
        }
    }

    private static boolean line(String line, Map<String, ChatReply> replies) {
        try {
            var json = InputJson.mapper().readTree(line);
            if (json.path("key").isString() && json.path("reply").isObject()) {
                replies.put(json.path("key").stringValue(), ChatReply.of(json.path("reply")));
                return true;
            }
        } catch (JacksonException e) {
            return false;
        }
        return false;
    }

    /** A reply that is in the cache. */
    public Optional<ChatReply> find(String key) {
        return Optional.ofNullable(replies.get(key));
    }

    /**
     * The reply to a request, which is sent if the reply is not in the cache; threads that want the same one wait for
     * it.
     *
     * @param ask sends the request; its exceptions are thrown here
     */
    public ChatReply get(String key, Supplier<ChatReply> ask) {
        var known = find(key);
        if (known.isPresent()) {
            return known.get();
        }
        var mine = new FutureTask<>(() -> find(key).orElseGet(() -> put(key, ask.get())));
        var other = asked.putIfAbsent(key, mine);
        if (other == null) {
            mine.run();
            asked.remove(key);
        }
        try {
            return (other == null ? mine : other).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.util.concurrent.CancellationException();
        }
    }

    private synchronized ChatReply put(String key, ChatReply reply) {
        var json = JsonMapper.shared().createObjectNode().put("key", key);
        json.set("reply", reply.json());
        try {
            records.append(ByteBuffer.wrap((json + "\n").getBytes(StandardCharsets.UTF_8)));
            records.force();
        } catch (IOException e) {
            throw unwritable(file, e);
        }
        replies.put(key, reply);
        return reply;
    }

    private static UserException unwritable(Path file, IOException e) {
        return new UserException(
                "Cannot keep the judge's replies in " + file + ": " + e.getMessage()
                        + ". Check that it can be written and the disk is not full, or name another with --cache.",
                e);
    }

    @Override
    public void close() {
        try (lock) {
            records.close();
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }
}
