package dev.tandem.spark.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sends the news in those files of a run that a board, a report or TensorBoard reads, which excludes checkpoints and
 * models.
 */
final class RunMirror {
    /** In this order, because the file that marks a run as done comes last. */
    private static final List<String> FILES =
            List.of("recipe.yaml", "log.jsonl", "metrics.jsonl", "state.json", "summary.json");

    private static final String EVENTS = "tensorboard";

    /** Bytes by which a file that was cut and grew again is detected. */
    private static final int TAIL = 512;

    private final Path folder;
    private final Pieces pieces;
    private final Map<String, Sent> sent = new HashMap<>();

    /** The part of a file that has been sent. */
    private record Sent(long bytes, Object fileKey, byte[] tail) {}

    /** Receives pieces of files. */
    interface Pieces {
        /** @param from position of the piece in its file; 0: the file is written from its beginning */
        void piece(String name, long from, byte[] bytes);
    }

    RunMirror(Path folder, Pieces pieces) {
        this.folder = folder;
        this.pieces = pieces;
    }

    /** Checks the files once. */
    void look() {
        for (var name : names()) {
            try (var channel = FileChannel.open(folder.resolve(name))) {
                look(name, channel);
            } catch (IOException e) {
                // it does not exist yet, or was just replaced: the next check sees it
                continue;
            }
        }
    }

    private List<String> names() {
        var result = new ArrayList<>(FILES);
        try (var events = Files.list(folder.resolve(EVENTS))) {
            events.sorted().forEach(file -> result.add(EVENTS + "/" + file.getFileName()));
        } catch (IOException e) {
            // there are none yet
            return result;
        }
        return result;
    }

    private void look(String name, FileChannel channel) throws IOException {
        var key = Optional.ofNullable(
                        Files.readAttributes(folder.resolve(name), java.nio.file.attribute.BasicFileAttributes.class)
                                .fileKey())
                .orElse("");
        var before = Optional.ofNullable(sent.get(name)).filter(s -> goesOn(s, key, channel));
        var from = before.map(Sent::bytes).orElse(0L);
        if (before.isPresent() && channel.size() == from) {
            return;
        }
        do {
            var bytes = read(channel, from, (int) Math.min(Frames.MAX_BYTES, channel.size() - from));
            pieces.piece(name, from, bytes);
            from += bytes.length;
            var tail = read(channel, Math.max(0, from - TAIL), (int) Math.min(TAIL, from));
            sent.put(name, new Sent(from, key, tail));
        } while (from < channel.size());
    }

    private static boolean goesOn(Sent sent, Object key, FileChannel channel) {
        try {
            return sent.fileKey().equals(key)
                    && channel.size() >= sent.bytes()
                    && Arrays.equals(sent.tail(), read(channel, sent.bytes() - sent.tail().length, sent.tail().length));
        } catch (IOException e) {
            return false;
        }
    }

    private static byte[] read(FileChannel channel, long from, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {
            // until the buffer is full, or the file turns out to have been cut
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }
}
