package dev.tandem.benchmarks;

import dev.tandem.data.example.TokenSequence;
import dev.tandem.model.batch.PackedSequences;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Concatenating the sequences of a share. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PackingBenchmark {
    private final List<TokenSequence> sequences = Inputs.sequences();

    /** Packs. */
    @Benchmark
    public PackedSequences pack() {
        return PackedSequences.of(sequences);
    }
}
