package dev.tandem.examples;

import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.SftFormat;
import dev.tandem.eval.score.ScoredRow;
import dev.tandem.eval.score.Scoring;
import dev.tandem.recipe.TrainRecipe.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** How probable a model finds the answers of a file: log π(answer | prompt) of each, in nats. */
final class ScoreAnswers {
    static List<Double> score(Path model, Path file) {
        var data = new DataSource(file, OptionalDouble.empty(), Map.of());
        var reading = DataRecipe.reading(
                RowShape.RESPONSE,
                data,
                new SftFormat(),
                Optional.of("User: {}\nAssistant: "),
                2048,
                Overlong.TRUNCATE);
        var sums = new ArrayList<Double>();
        try (var scoring = new Scoring(model, Optional.empty(), "auto", Precision.FP32)) {
            scoring.score(data, reading, row -> {
                if (row instanceof ScoredRow.Scored scored) {
                    sums.add(scored.logProbs().sum(0));
                }
            });
        }
        return sums;
    }
}
