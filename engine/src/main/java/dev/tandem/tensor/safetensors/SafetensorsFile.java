package dev.tandem.tensor.safetensors;

import com.sun.jna.Platform;
import dev.tandem.UserException;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.machine.NativeSetup;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A safetensors file of any size, mapped into memory. Its tensors are views of the mapping: nothing is read before it
 * is used, and writes to a tensor stay private to this process.
 *
 * <p>A tensor keeps the mapping alive by itself; closing the file only ends the lookup of tensors.
 */
public final class SafetensorsFile implements AutoCloseable {
    private final Path path;
    private final SafetensorsHeader header;
    private final TensorOwner owner = new TensorOwner();
    private final Tensor bytes;

    private SafetensorsFile(Path path, SafetensorsHeader header) throws IOException {
        NativeSetup.ensure();
        this.path = path;
        this.header = header;
        try (var scope = new PointerScope()) {
            this.bytes = owner.own(torch.from_file(
                    new BytePointer(path.toString(), fileNames()),
                    new BoolOptional(false), // not shared: writes stay private
                    new LongOptional(Files.size(path)),
                    new TensorOptions(ScalarType.Byte)));
        }
    }

    /**
     * Validates the header and maps the file.
     *
     * @throws UserException if the file is absent or malformed
     */
    public static SafetensorsFile open(Path path) {
        var header = SafetensorsHeader.read(path);
        try {
            return new SafetensorsFile(path, header);
        } catch (IOException | RuntimeException e) {
            // libtorch appends its C++ stack to the first line
            var reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new UserException("Cannot map " + path + " into memory: " + reason + ".", e);
        }
    }

    /** How file names are encoded here; JavaCPP would take the encoding of file contents, which may be another. */
    private static Charset fileNames() {
        return Platform.isWindows()
                ? StandardCharsets.UTF_8
                : Charset.forName(System.getProperty("sun.jnu.encoding", StandardCharsets.UTF_8.name()));
    }

    /** The file. */
    public Path path() {
        return path;
    }

    /** Names of all tensors, in the file's order. */
    public Set<String> names() {
        return header.entries().keySet();
    }

    /** Shape of a tensor. @throws IllegalArgumentException if there is none of this name */
    public long[] shape(String name) {
        return entry(name).shape().stream().mapToLong(Long::longValue).toArray();
    }

    /** Dtype of a tensor. @throws IllegalArgumentException if there is none of this name */
    public DType dtype(String name) {
        return entry(name).dtype();
    }

    /**
     * A tensor of the file, in its own dtype and shape: a view of the mapping where the data is aligned for the dtype, a
     * copy where it is not.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public Tensor tensor(String name) {
        var entry = entry(name);
        var begin = header.dataStart() + entry.begin();
        try (var guard = new NoGradGuard()) {
            var slice = bytes.narrow(0, begin, entry.end() - entry.begin());
            // an element may not straddle the dtype's grid: headers are padded by most writers, not by all
            var aligned = begin % entry.dtype().bytes() == 0 ? slice : slice.clone();
            return aligned.view(entry.dtype().scalarType()).view(shape(name));
        }
    }

    @Override
    public void close() {
        owner.close();
    }

    private SafetensorsHeader.Entry entry(String name) {
        var entry = header.entries().get(name);
        if (entry == null) {
            throw new IllegalArgumentException(path + " has no tensor '" + name + "'");
        }
        return entry;
    }
}
