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

/** Tells what is new in the files of a run that a board, a report or TensorBoard read; checkpoints and models are not theirs. */
final class RunMirror {
    /** In this order: what says that a run is done comes last. */
    private static final List<String> FILES =
            List.of("recipe.yaml", "log.jsonl", "metrics.jsonl", "state.json", "summary.json");

    private static final String EVENTS = "tensorboard";

    /** Bytes by which a file that was cut and grew again is known. */
    private static final int TAIL = 512;

    private final Path folder;
    private final Pieces pieces;
    private final Map<String, Sent> sent = new HashMap<>();

    /** What has been told of a file. */
    private record Sent(long bytes, Object fileKey, byte[] tail) {}

    /** Takes pieces of files. */
    interface Pieces {
        /** @param from place of the piece in its file; 0: the file begins anew */
        void piece(String name, long from, byte[] bytes);
    }

    RunMirror(Path folder, Pieces pieces) {
        this.folder = folder;
        this.pieces = pieces;
    }

    /** Looks once. */
    void look() {
        for (var name : names()) {
            try (var channel = FileChannel.open(folder.resolve(name))) {
                look(name, channel);
            } catch (IOException e) {
                // it is not there yet, or was replaced just now: the next look sees it
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
            var bytes = read(channel, from, (int) Math.min(Frames.MOST_BYTES, channel.size() - from));
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
            // until all is there, or the file was cut meanwhile
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }
}
