package dev.tandem.inference;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file of answers while it is being written: {@code <name>.partial}, one JSON object a line in the prompts' order,
 * the first line describing how the answers are made. It becomes the file itself when all answers are there, so that an
 * interrupted run resumes after the last complete line, and a finished file is never partial.
 */
final class AnswerFile implements AutoCloseable {
    private final Path target;
    private final Path partial;
    private final FileChannel channel;
    private final TreeMap<Long, ObjectNode> early = new TreeMap<>();
    private long written;

    private AnswerFile(Path target, Path partial, FileChannel channel, long written) {
        this.target = target;
        this.partial = partial;
        this.channel = channel;
        this.written = written;
    }

    /**
     * Opens a file, resuming where an earlier run with the same settings was stopped.
     *
     * @param maker the settings that determine the answers
     * @throws UserException if the file exists already, or a partial one was made with other settings
     */
    static AnswerFile open(Path target, ObjectNode maker) {
        if (Files.exists(target)) {
            throw new UserException(target + " exists already. Choose another --out, or remove it.");
        }
        var partial = target.resolveSibling(target.getFileName() + ".partial");
        try {
            var lines = Files.exists(partial) ? wholeLines(partial) : List.<String>of();
            if (!lines.isEmpty() && !sameMaker(lines.get(0), maker)) {
                throw new UserException(partial + " was begun with another model, data or settings: " + lines.get(0)
                        + ". Remove it to start from scratch, or restore them to continue.");
            }
            if (target.toAbsolutePath().getParent() != null) {
                Files.createDirectories(target.toAbsolutePath().getParent());
            }
            AtomicFiles.write(partial, writer -> {
                (lines.isEmpty() ? List.of(maker.toString()) : lines).forEach(line -> writer.print(line + "\n"));
            });
            var channel = FileChannel.open(partial, StandardOpenOption.APPEND);
            return new AnswerFile(target, partial, channel, Math.max(0, lines.size() - 1));
        } catch (IOException e) {
            throw new UserException("Cannot write " + partial + ": " + e.getMessage(), e);
        }
    }

    /** All lines up to one that was cut off. */
    private static List<String> wholeLines(Path file) throws IOException {
        var result = new ArrayList<String>();
        for (var line : Files.readString(file, StandardCharsets.UTF_8).split("\n")) {
            try {
                if (!JsonMapper.shared().readTree(line).isObject()) {
                    break;
                }
            } catch (JacksonException e) {
                break;
            }
            result.add(line);
        }
        return result;
    }

    private static boolean sameMaker(String line, JsonNode maker) {
        return JsonMapper.shared().readTree(line).toString().equals(maker.toString());
    }

    /** Number of answers already written. */
    long written() {
        return written;
    }

    /** Accepts an answer, in any order. */
    void put(long index, ObjectNode answer) {
        early.put(index, answer);
        while (early.containsKey(written)) {
            write(early.remove(written).toString());
            written++;
        }
    }

    private void write(String line) {
        try {
            var bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UserException("Cannot write " + partial + ": " + e.getMessage() + ". The disk may be full.", e);
        }
    }

    /** Creates the file, once all answers are there. */
    void finish(FileGeneration.Layout layout) {
        var array = layout == FileGeneration.Layout.ALPACA_EVAL;
        try (var lines = Files.lines(partial, StandardCharsets.UTF_8)) {
            var answers = lines.skip(1).iterator();
            AtomicFiles.write(target, writer -> {
                var first = true;
                writer.print(array ? "[" : "");
                while (answers.hasNext()) {
                    writer.print(array ? (first ? "\n" : ",\n") : "");
                    writer.print(answers.next());
                    writer.print(array ? "" : "\n");
                    first = false;
                }
                writer.print(array ? "\n]\n" : "");
            });
            Files.delete(partial);
        } catch (IOException e) {
            throw new UserException("Cannot write " + target + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UserException("Cannot write " + partial + ": " + e.getMessage(), e);
        }
    }
}
