package dev.tandem.benchmarks;

import dev.tandem.data.bpe.BpeTrainer;
import dev.tandem.data.bpe.TokenizerFiles;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Tokenising a text of two thousand words. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TokenizerBenchmark {
    private static final int WORDS = 2000;
    private static final int VOCABULARY = 2000;
    private static final String END = "<|end|>";

    private final String text = text(new SplittableRandom(1));
    private final TextTokenizer tokenizer;

    /** Trains a tokenizer on other words. */
    public TokenizerBenchmark() {
        try {
            tokenizer = trained(Files.createTempDirectory("tandem-benchmark"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TextTokenizer trained(Path folder) throws IOException {
        var model = BpeTrainer.train(List.of(text(new SplittableRandom(2))), VOCABULARY, List.of(END));
        var none = Optional.<String>empty();
        TokenizerFiles.write(model, new TokenizerFiles.Roles(none, Optional.of(END), none, none, WORDS), folder);
        var result = TextTokenizer.load(folder);
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
        return result;
    }

    /** Text to ids. */
    @Benchmark
    public int[] encode() {
        return tokenizer.encode(text);
    }

    /** Frees the tokenizer. */
    @TearDown
    public void close() {
        tokenizer.close();
    }

    private static String text(SplittableRandom random) {
        return Stream.generate(() -> random.ints(1 + random.nextInt(8), 'a', 'z' + 1)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining()))
                .limit(WORDS)
                .collect(Collectors.joining(" "));
    }
}
