package dev.tandem.tensor.safetensors;

import dev.tandem.UserException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a model directory's weights are called, and whether two of them are the same, without libtorch. */
public final class StoredTensors {
    /** Bytes compared in one piece. */
    private static final long PIECE = 1 << 26;

    private final Map<String, Path> files;

    private StoredTensors(Map<String, Path> files) {
        this.files = files;
    }

    /**
     * The weights of a directory, which need not have any.
     *
     * @throws UserException if a file is malformed
     */
    public static StoredTensors of(Path directory) {
        return new StoredTensors(SafetensorsModelReader.files(directory));
    }

    /** Names of all tensors. */
    public Set<String> names() {
        return files.keySet();
    }

    /**
     * Whether two tensors have the same dtype, shape and bytes.
     *
     * @throws UserException if a file cannot be read
     */
    public boolean areEqual(String first, String second) {
        var one = file(first);
        var other = file(second);
        var here = SafetensorsHeader.read(one);
        var there = SafetensorsHeader.read(other);
        var a = entry(one, here, first);
        var b = entry(other, there, second);
        if (a.dtype() != b.dtype() || !a.shape().equals(b.shape())) {
            return false;
        }
        return sameBytes(one, here.dataStart() + a.begin(), other, there.dataStart() + b.begin(), a.end() - a.begin());
    }

    private Path file(String name) {
        return Optional.ofNullable(files.get(name))
                .orElseThrow(() -> new IllegalArgumentException("no tensor " + name));
    }

    private static SafetensorsHeader.Entry entry(Path file, SafetensorsHeader header, String name) {
        return Optional.ofNullable(header.entries().get(name))
                .orElseThrow(() -> new UserException(file + ": tensor '" + name
                        + "' is missing, although the index says that it is here. Download the checkpoint again."));
    }

    private static boolean sameBytes(Path one, long at, Path other, long otherAt, long length) {
        try (var first = FileChannel.open(one, StandardOpenOption.READ);
                var second = FileChannel.open(other, StandardOpenOption.READ)) {
            for (var done = 0L; done < length; done += PIECE) {
                var size = Math.min(PIECE, length - done);
                if (!first.map(MapMode.READ_ONLY, at + done, size)
                        .equals(second.map(MapMode.READ_ONLY, otherAt + done, size))) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UserException("Cannot read " + one + " or " + other + ": " + e.getMessage() + ".", e);
        }
    }
}
