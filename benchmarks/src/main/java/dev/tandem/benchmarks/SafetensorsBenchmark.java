package dev.tandem.benchmarks;

import dev.tandem.tensor.DType;
import dev.tandem.tensor.safetensors.SafetensorsFile;
import dev.tandem.tensor.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reading a model's weights, the file already in the system's cache. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SafetensorsBenchmark {
    private final Path file;

    /** Writes the weights. */
    public SafetensorsBenchmark() {
        file = temporaryFile();
        try (var model = Inputs.model()) {
            SafetensorsWriter.write(file, model.tensors(), DType.F32);
        }
    }

    private static Path temporaryFile() {
        try {
            return Files.createTempFile("tandem-benchmark", ".safetensors");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens the file and reads its header. */
    @Benchmark
    public int open() {
        try (var weights = SafetensorsFile.open(file)) {
            return weights.names().size();
        }
    }

    /** Copies all tensors out of it. */
    @Benchmark
    public long load() {
        var elements = 0L;
        try (var weights = SafetensorsFile.open(file)) {
            for (var name : weights.names()) {
                try (var scope = new PointerScope()) {
                    elements += weights.tensor(name).clone().numel();
                }
            }
        }
        return elements;
    }

    /**
     * Deletes the file.
     *
     * @throws IOException if it cannot be deleted
     */
    @TearDown
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
