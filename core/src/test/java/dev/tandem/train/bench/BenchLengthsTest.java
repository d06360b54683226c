package dev.tandem.train.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.Example;
import dev.tandem.model.ParameterLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchLengthsTest {
    @TempDir
    Path folder;

    @Test
    void readsBothObjectives() throws IOException {
        var lengths = BenchLengths.read(file("{\"sft\": [[3, 4], [5, 6]], \"preference\": [[7, 8, 9]]}"));
        assertThat(lengths.sft()).containsExactly(new BenchLengths.Sft(3, 4), new BenchLengths.Sft(5, 6));
        assertThat(lengths.preference()).containsExactly(new BenchLengths.Pair(7, 8, 9));
    }

    @Test
    void readsWhatItWroteOfRealRows() {
        var lengths = BenchLengths.of(List.of(List.of(3, 4), List.of(7, 8, 9), List.of(0, 4), List.of(5, 6)));
        var file = folder.resolve("written.json");
        lengths.write(file);
        assertThat(lengths.sft()).containsExactly(new BenchLengths.Sft(3, 4), new BenchLengths.Sft(5, 6));
        assertThat(BenchLengths.read(file)).isEqualTo(lengths);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"sft\": [[3, 4], [5]], \"preference\": [[7, 8, 9]]} | 'sft[1]' is not a list of 2 token counts",
                "{\"sft\": [[3, 4]], \"preference\": [[7, 8, 9], [7, 8, 0]]} | 'preference[1]' is not a list of 3",
                "{\"sft\": [[3, 4.5]], \"preference\": [[7, 8, 9]]} | 'sft[0]' is not a list of 2",
                "{\"sft\": [[3, 4]], \"preference\": [[7, 8, 9, 1]]} | 'preference[0]' is not a list of 3",
                "{\"sft\": [[3, 4]], \"preference\": []} | 'preference' is missing or empty",
                "{\"preference\": [[7, 8, 9]]} | 'sft' is missing or empty",
                "[3, | is not JSON",
            })
    void tellsWhichRowIsBroken(String content, String message) throws IOException {
        var file = file(content);
        assertThatThrownBy(() -> BenchLengths.read(file))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void cutsResponsesAndPromptsWithoutRoomForOne() {
        var lengths = new BenchLengths(
                List.of(new BenchLengths.Sft(6, 9), new BenchLengths.Sft(2, 3), new BenchLengths.Sft(12, 1)),
                List.of(new BenchLengths.Pair(6, 3, 9)));
        assertThat(lengths.within(10))
                .isEqualTo(new BenchLengths(
                        List.of(new BenchLengths.Sft(6, 4), new BenchLengths.Sft(2, 3), new BenchLengths.Sft(9, 1)),
                        List.of(new BenchLengths.Pair(6, 3, 4))));
    }

    @Test
    void examplesHaveTheLengthsAndStartAgainAfterTheLast() {
        var rows = List.of(new BenchLengths.Pair(3, 2, 1), new BenchLengths.Pair(1, 1, 5));
        var stream = BenchExamples.pairs(rows, 3, 50, 1);
        var drawn = stream.take();
        // 2·prompt + chosen + rejected
        assertThat(drawn.stream().map(Example::tokens)).containsExactly(9, 8, 9);
        assertThat(drawn.stream().map(Example::trainedTokens)).containsExactly(3, 6, 3);
        assertThat(drawn.get(2)).isEqualTo(drawn.get(0));
        assertThat(stream.take()).containsExactly(drawn.get(1), drawn.get(0), drawn.get(1));
        assertThat(stream.again().take()).isEqualTo(drawn);
    }

    @ParameterizedTest
    @CsvSource({
        "pythia-70m, 70426624",
        "pythia-160m, 162322944",
        "llama-1b-ish, 1235814400",
        "tiny, 165632",
    })
    void shapesHaveTheParametersOfTheirModels(String name, long parameters) {
        assertThat(ParameterLayout.of(BenchShape.named(name).spec()).elements()).isEqualTo(parameters);
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("lengths.json"), content);
    }
}
