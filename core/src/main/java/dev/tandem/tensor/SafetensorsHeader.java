package dev.tandem.tensor;

import dev.tandem.InputJson;
import dev.tandem.UserException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The header of a safetensors file: 8 bytes of little-endian length, a JSON object of that length, then the data. It is
 * validated completely before anything is used: length, JSON, no duplicate names, known dtypes, sizes that match shapes,
 * offsets in range, without overlap and without holes.
 *
 * @param dataStart file offset of the first data byte
 * @param entries tensors by name, in the header's order
 * @param metadata the {@code __metadata__} strings
 */
public record SafetensorsHeader(long dataStart, Map<String, Entry> entries, Map<String, String> metadata) {
    /** Longest header the reference implementation accepts, bytes. */
    public static final long MAX_HEADER_BYTES = 100_000_000;

    private static final int LENGTH_BYTES = 8;
    /** "version ", with which Git LFS pointers begin, read as a length. */
    private static final long LFS_POINTER = 0x206e_6f69_7372_6576L;

    /** The limit of libtorch's own kernels. */
    private static final int MAX_DIMENSIONS = 64;

    private static final String METADATA = "__metadata__";

    /**
     * One tensor.
     *
     * @param dtype element type
     * @param shape dimensions
     * @param begin first byte, from the start of the data
     * @param end byte after the last
     */
    public record Entry(DType dtype, List<Long> shape, long begin, long end) {
        public Entry {
            shape = List.copyOf(shape);
        }
    }

    public SafetensorsHeader {
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /**
     * Reads and validates the header of a file.
     *
     * @throws UserException if the file is absent or invalid; the message names file and tensor
     */
    public static SafetensorsHeader read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new UserException(file + " does not exist or is not a file; a safetensors file was expected.");
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var size = channel.size();
            if (size < LENGTH_BYTES) {
                throw broken(file, "it has " + size + " bytes, too few for a header length");
            }
            var length = read(channel, 0, LENGTH_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong();
            if (length == LFS_POINTER) {
                throw new UserException(
                        file + " is a Git LFS pointer, not the file it points to. Run \"git lfs pull\" in"
                                + " its repository, or download the file itself.");
            }
            if (length <= 0 || length > Math.min(MAX_HEADER_BYTES, size - LENGTH_BYTES)) {
                throw broken(
                        file,
                        "its header length is " + Long.toUnsignedString(length) + " bytes, in a file of " + size
                                + " bytes");
            }
            var header = json(file, read(channel, LENGTH_BYTES, (int) length).array());
            return parse(file, header, LENGTH_BYTES + length, size);
        } catch (IOException e) {
            throw new UserException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static SafetensorsHeader parse(Path file, JsonNode root, long dataStart, long fileSize) {
        var entries = new LinkedHashMap<String, Entry>();
        var metadata = new LinkedHashMap<String, String>();
        root.propertyStream().forEach(property -> {
            if (property.getKey().equals(METADATA)) {
                metadata.putAll(metadata(file, property.getValue()));
            } else {
                entries.put(property.getKey(), entry(file, property.getKey(), property.getValue()));
            }
        });
        requireCovered(file, entries, fileSize - dataStart);
        return new SafetensorsHeader(dataStart, entries, metadata);
    }

    private static JsonNode json(Path file, byte[] header) {
        if (header[0] != '{') {
            throw broken(file, "its header does not start with '{'");
        }
        try {
            // decoded while it is parsed (a header may be large), strictly, and never as another encoding
            var decoder = StandardCharsets.UTF_8.newDecoder();
            return InputJson.mapper().readTree(new InputStreamReader(new ByteArrayInputStream(header), decoder));
        } catch (JacksonException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                throw broken(file, "its header is not UTF-8");
            }
            throw broken(file, "its header is not valid JSON (" + e.getOriginalMessage() + ")");
        }
    }

    private static Map<String, String> metadata(Path file, JsonNode node) {
        if (!node.isObject()) {
            throw broken(file, "its __metadata__ is not a JSON object");
        }
        var result = new LinkedHashMap<String, String>();
        node.propertyStream().forEach(e -> {
            if (!e.getValue().isString()) {
                throw broken(file, "its __metadata__ '" + e.getKey() + "' is not a string");
            }
            result.put(e.getKey(), e.getValue().stringValue());
        });
        return result;
    }

    private static Entry entry(Path file, String name, JsonNode node) {
        if (!node.path("dtype").isString()) {
            throw broken(file, "tensor '" + name + "' has no dtype");
        }
        var dtypeName = node.path("dtype").stringValue();
        var dtype = DType.named(dtypeName)
                .orElseThrow(() -> new UserException(file + ": tensor '" + name + "' has dtype '" + dtypeName
                        + "', which is not supported. Supported: " + String.join(", ", DType.names())
                        + ". Convert the checkpoint to F32, BF16 or F16."));
        var shape = longs(file, name, node.path("shape"), "shape");
        if (shape.size() > MAX_DIMENSIONS) {
            throw broken(file, "tensor '" + name + "' has " + shape.size() + " dimensions");
        }
        var offsets = longs(file, name, node.path("data_offsets"), "data_offsets");
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw broken(file, "tensor '" + name + "' has data_offsets " + offsets + "; [begin, end] was expected");
        }
        var bytes = offsets.get(1) - offsets.get(0);
        if (bytes != size(file, name, shape, dtype)) {
            throw broken(
                    file,
                    "tensor '" + name + "' has shape " + shape + " in " + dtype + ", which does not fill its " + bytes
                            + " bytes");
        }
        return new Entry(dtype, shape, offsets.get(0), offsets.get(1));
    }

    private static long size(Path file, String name, List<Long> shape, DType dtype) {
        try {
            // strides are products of dimensions too, even where another dimension is 0
            var strides = shape.stream().mapToLong(d -> Math.max(1, d)).reduce(dtype.bytes(), Math::multiplyExact);
            return shape.contains(0L) ? 0 : strides;
        } catch (ArithmeticException e) {
            throw broken(file, "tensor '" + name + "' has shape " + shape + ", more elements than 64 bits can count");
        }
    }

    private static List<Long> longs(Path file, String name, JsonNode node, String key) {
        var result = new ArrayList<Long>();
        for (var element : node) {
            if (!element.isIntegralNumber() || !element.canConvertToLong() || element.longValue() < 0) {
                throw broken(file, "tensor '" + name + "' has a " + key + " that is not a list of counts");
            }
            result.add(element.longValue());
        }
        if (!node.isArray()) {
            throw broken(file, "tensor '" + name + "' has no " + key);
        }
        return result;
    }

    /** Every data byte belongs to exactly one tensor. */
    private static void requireCovered(Path file, Map<String, Entry> entries, long dataBytes) {
        entries.forEach((name, entry) -> {
            if (entry.end() > dataBytes) {
                throw broken(
                        file,
                        "tensor '" + name + "' ends at byte " + entry.end() + " of the data, which has " + dataBytes
                                + " bytes (is the file cut off?)");
            }
        });
        var sorted = new ArrayList<>(entries.entrySet());
        sorted.sort(Comparator.comparingLong(
                        (Map.Entry<String, Entry> e) -> e.getValue().begin())
                .thenComparingLong(e -> e.getValue().end()));
        var covered = 0L;
        for (var e : sorted) {
            var entry = e.getValue();
            if (entry.begin() != covered) {
                throw broken(
                        file,
                        "tensor '" + e.getKey() + "' begins at byte " + entry.begin() + " of the data, where " + covered
                                + " was expected (tensors overlap or leave a hole)");
            }
            covered = entry.end();
        }
        if (covered != dataBytes) {
            throw broken(file, "its tensors cover " + covered + " of its " + dataBytes + " data bytes");
        }
    }

    private static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("the file ended early");
            }
        }
        return buffer.flip();
    }

    private static UserException broken(Path file, String what) {
        return new UserException(file + " is not a valid safetensors file: " + what + ". Download or export it again.");
    }
}
