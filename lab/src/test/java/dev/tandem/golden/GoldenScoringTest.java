package dev.tandem.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.TokensFormat;
import dev.tandem.eval.score.ScoredRow;
import dev.tandem.eval.score.Scoring;
import dev.tandem.objective.LogProbs;
import dev.tandem.recipe.TrainRecipe.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of token rows through {@link Scoring}: the golden log-probs of every family. */
class GoldenScoringTest {
    /** The tolerance of golden/README.md for token log-probs. */
    private static final double TOLERANCE = 1e-4;

    @TempDir
    Path temporary;

    @ParameterizedTest
    @MethodSource("dev.tandem.golden.Golden#families")
    void givesTheGoldenLogProbs(String family) throws IOException {
        var golden = Golden.values(family);
        var file = temporary.resolve("rows.jsonl");
        var lines = new ArrayList<String>();
        golden.get("rows").forEach(row -> lines.add(row.toString()));
        Files.write(file, lines);

        var scored = score(family, file, RowShape.RESPONSE);
        assertThat(scored).hasSize(lines.size());
        for (var i = 0; i < scored.size(); i++) {
            var logProbs = scored.get(i);
            var expected = golden.get("logps").get(i);
            assertThat(logProbs.length(0)).isEqualTo(expected.size());
            for (var t = 0; t < expected.size(); t++) {
                assertThat((double) logProbs.values()[t])
                        .isCloseTo(expected.get(t).doubleValue(), within(TOLERANCE));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.tandem.golden.Golden#families")
    void scoresPairsAsTheirTwoSequences(String family) throws IOException {
        var pairs = Golden.values(family).get("pairs");
        var file = temporary.resolve("pairs.jsonl");
        var singles = temporary.resolve("singles.jsonl");
        var pairLines = new ArrayList<String>();
        var singleLines = new ArrayList<String>();
        for (var pair : pairs) {
            pairLines.add(pair.toString());
            for (var answer : List.of("chosen_ids", "rejected_ids")) {
                var ids = new ArrayList<Integer>();
                pair.get("prompt_ids").forEach(id -> ids.add(id.intValue()));
                var promptLength = ids.size();
                pair.get(answer).forEach(id -> ids.add(id.intValue()));
                singleLines.add("{\"input_ids\": " + ids + ", \"prompt_length\": " + promptLength + "}");
            }
        }
        Files.write(file, pairLines);
        Files.write(singles, singleLines);

        var together = score(family, file, RowShape.PAIR);
        var apart = score(family, singles, RowShape.RESPONSE);
        for (var i = 0; i < together.size(); i++) {
            assertThat(together.get(i).sum(0)).isCloseTo(apart.get(2 * i).sum(0), within(TOLERANCE));
            assertThat(together.get(i).sum(1)).isCloseTo(apart.get(2 * i + 1).sum(0), within(TOLERANCE));
        }
    }

    private static List<LogProbs> score(String family, Path file, RowShape shape) {
        var source = new DataSource(file, OptionalDouble.empty(), Map.of());
        var recipe = DataRecipe.reading(shape, source, new TokensFormat(), Optional.empty(), 2048, Overlong.TRUNCATE);
        var result = new ArrayList<LogProbs>();
        try (var scoring = new Scoring(Golden.directory(family), Optional.empty(), "cpu", Precision.FP32)) {
            scoring.score(source, recipe, row -> {
                assertThat(row.index()).isEqualTo(result.size());
                assertThat(row).isInstanceOfSatisfying(ScoredRow.Scored.class, scored -> result.add(scored.logProbs()));
            });
        }
        return result;
    }
}
