package dev.tandem.tensor;

import dev.tandem.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes safetensors files, tensor after tensor, straight from native memory. A file is written under a temporary name,
 * forced to the disk and renamed: a file with the final name is complete.
 */
public final class SafetensorsWriter {
    private static final int PIECE_BYTES = 1 << 26;
    private static final int HEADER_ALIGNMENT = 8;

    private SafetensorsWriter() {}

    /**
     * Writes tensors in the map's order.
     *
     * @param file replaced if it exists
     * @param tensors tensors by name, of any float dtype, on any device
     * @param type dtype to store them in
     * @throws UserException if the file cannot be written
     */
    public static void write(Path file, Map<String, Tensor> tensors, DType type) {
        var present = new LinkedHashMap<String, LazyTensor>();
        tensors.forEach((name, tensor) -> present.put(name, LazyTensor.of(tensor)));
        writeLazily(file, present, type);
    }

    /**
     * Writes tensors in the map's order; each is created just before it is written and freed afterwards.
     *
     * @param file replaced if it exists
     * @param tensors tensors by name, of any float dtype, on any device
     * @param type dtype to store them in
     * @throws UserException if the file cannot be written
     */
    static void writeLazily(Path file, Map<String, LazyTensor> tensors, DType type) {
        var temporary = file.resolveSibling("." + file.getFileName() + ".writing");
        try {
            try (var channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                var header = header(tensors, type);
                var expected = header.remaining() + dataBytes(tensors, type);
                writeAll(channel, header);
                for (var tensor : tensors.values()) {
                    writeTensor(channel, tensor, type);
                }
                if (channel.size() != expected) {
                    throw new IOException(channel.size() + " bytes were written instead of " + expected);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UserException("Cannot write " + file + ": " + e + ". Is the folder writable, the disk full?", e);
        } finally {
            deleteQuietly(temporary);
        }
    }

    private static long dataBytes(Map<String, LazyTensor> tensors, DType type) {
        return tensors.values().stream().mapToLong(t -> t.bytes(type)).sum();
    }

    private static ByteBuffer header(Map<String, LazyTensor> tensors, DType type) {
        var root = new LinkedHashMap<String, Object>();
        root.put("__metadata__", Map.of("format", "pt"));
        var offset = 0L;
        for (var e : tensors.entrySet()) {
            var end = offset + e.getValue().bytes(type);
            var entry = new LinkedHashMap<String, Object>();
            entry.put("dtype", type.name());
            entry.put("shape", e.getValue().shape());
            entry.put("data_offsets", List.of(offset, end));
            root.put(e.getKey(), entry);
            offset = end;
        }
        var json = JsonMapper.shared().writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
        var padded = (json.length + HEADER_ALIGNMENT - 1) / HEADER_ALIGNMENT * HEADER_ALIGNMENT;
        var buffer = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(padded).put(json);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        return buffer.flip();
    }

    private static void writeTensor(FileChannel channel, LazyTensor tensor, DType type) throws IOException {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var host =
                    tensor.values().get().detach().cpu().to(type.scalarType()).contiguous();
            var total = host.nbytes();
            for (var from = 0L; from < total; from += PIECE_BYTES) {
                var length = Math.min(PIECE_BYTES, total - from);
                // moved by address: a buffer created at a position cannot reach beyond 2 GB
                var piece = new BytePointer(host.data_ptr()).getPointer(from).capacity(length);
                writeAll(channel, piece.asByteBuffer());
            }
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // the outcome of the write matters more than a leftover of it
        }
    }
}
