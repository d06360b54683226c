package dev.tandem.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.rows.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Regardless of thread timing, the caller receives the result of reading row by row. */
class RowPipelineTest {
    private static final int NONE = -1;

    @TempDir
    Path folder;

    private final AtomicInteger encoding = new AtomicInteger();

    @AfterEach
    void nothingIsLeftRunning() {
        assertThat(encoding).hasValue(0);
        assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                .noneMatch(name -> name.startsWith("rows of "));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 128, 5_000})
    void keepsTheOrder(int count) throws IOException {
        var seen = new ArrayList<Integer>();
        RowPipeline.run(file(count, NONE), this::encode, row -> seen.add(number(row)));
        assertThat(seen)
                .containsExactlyElementsOf(IntStream.range(0, count).boxed().toList());
    }

    @Test
    void stopsWhereverTheCallerHasEnough() throws IOException {
        var random = new SplittableRandom(3);
        // what follows the wanted rows is broken, which must not be reported
        var file = file(3_000, 2_900);
        for (var round = 0; round < 40; round++) {
            var enough = 1 + random.nextInt(2_900);
            var seen = new AtomicInteger();
            RowPipeline.run(file, this::encode, row -> seen.incrementAndGet() < enough);
            assertThat(seen).hasValue(enough);
        }
    }

    @Test
    void theFirstBrokenRowIsTold() throws IOException {
        var random = new SplittableRandom(5);
        for (var round = 0; round < 40; round++) {
            var unreadable = random.nextInt(1_000);
            var unencodable = random.nextInt(1_000);
            var seen = new AtomicInteger();
            var first = Math.min(unreadable, unencodable);
            assertThatThrownBy(() -> RowPipeline.run(
                            file(1_200, unreadable),
                            row -> {
                                if (value(row) == unencodable) {
                                    throw new UserException(row.where() + ": cannot be encoded");
                                }
                                return encode(row);
                            },
                            row -> seen.incrementAndGet() > 0))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("rows.jsonl:" + (first + 1));
            assertThat(seen).hasValue(first);
        }
    }

    @Test
    void aFailureOfTheCallersEndsItAll() throws IOException {
        var file = file(4_000, NONE);
        assertThatThrownBy(() -> RowPipeline.run(file, this::encode, row -> {
                    throw new IllegalStateException("enough");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("enough");
    }

    @Test
    void anInterruptedCallerStops() throws IOException {
        var file = file(20_000, NONE);
        assertThatThrownBy(() -> RowPipeline.run(file, this::encode, row -> {
                    if (number(row) == 100) {
                        Thread.currentThread().interrupt();
                    }
                    return true;
                }))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    /** Counts the encoders at work; takes longer for some rows, so that chunks are ready out of order. */
    private EncodedRow encode(Row row) {
        encoding.incrementAndGet();
        try {
            var number = value(row);
            for (var i = 0; i < number % 7; i++) {
                Thread.yield();
            }
            return new EncodedRow.Kept(List.of(TokenSequence.of(new int[] {number, 1}, 1)), Set.of());
        } finally {
            encoding.decrementAndGet();
        }
    }

    private static int value(Row row) {
        return row.values().get("n").intValue();
    }

    private static int number(EncodedRow row) {
        return ((EncodedRow.Kept) row).sequences().get(0).ids()[0];
    }

    private Path file(int count, int broken) throws IOException {
        var lines = new ArrayList<String>();
        for (var i = 0; i < count; i++) {
            lines.add(i == broken ? "{\"n\": " : "{\"n\": " + i + "}");
        }
        return Files.write(folder.resolve("rows.jsonl"), lines);
    }
}
