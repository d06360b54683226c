package dev.tandem.eval.answer;

import dev.tandem.UserException;
import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.RowFormat;
import dev.tandem.data.rows.Row;
import dev.tandem.eval.score.ScoredRow;
import dev.tandem.eval.score.Scoring;
import dev.tandem.objective.pair.PairLoss;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.train.folder.TrainedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * Scores answers by the log-probs that models give them.
 *
 * @param by what counts
 * @param model π
 * @param reference π_ref; for {@link By#REWARD} only
 * @param beta β, the scale of rewards
 * @param device {@code auto}, {@code cpu} or {@code cuda[:n]}
 */
public record AnswerScoring(
        By by, TrainedModel model, Optional<TrainedModel> reference, double beta, String device, Precision precision) {
    /** The measure of a good answer. */
    public enum By {
        /** The implicit reward that DPO trains: β·(log π(y|x) − log π_ref(y|x)). */
        REWARD,
        /** log π(y|x), summed over the answer's tokens. */
        LOG_PROB,
        /** log π(y|x), divided by the number of tokens. */
        LOG_PROB_PER_TOKEN
    }

    /** @throws UserException if β is not above 0, or what a reward needs is missing */
    public AnswerScoring {
        PairLoss.requireBeta("--beta", beta);
        if ((by == By.REWARD) != reference.isPresent()) {
            throw new UserException(
                    by == By.REWARD
                            ? "A reward is measured against a reference, and there is none: name it with"
                                    + " --reference-model, or give --model an --adapter, whose base is the reference then."
                            : "Log-probs are of one model: omit --reference-model and --reference-adapter.");
        }
        if (reference.filter(model::equals).isPresent()) {
            throw new UserException(
                    "Model and reference are the same, so that all rewards are zero. Name another --reference-model.");
        }
    }

    /**
     * How answers are read.
     *
     * @param format of the prompts; absent: as their columns say
     * @param template around prompts
     * @param columns what the files call the columns of the formats
     * @param maxLength tokens of the longest sequence
     * @param overlong what happens to answers that do not fit
     */
    public record Reading(
            Optional<RowFormat> format,
            Optional<String> template,
            Map<String, String> columns,
            int maxLength,
            Overlong overlong) {
        public Reading {
            columns = Map.copyOf(columns);
        }
    }

    /**
     * An answer's score.
     *
     * @param tokens it has, the end token included
     * @param value larger is better
     */
    public record Score(int tokens, double value) {}

    /**
     * Compares answers; the prompt of both is read from the first one's row.
     *
     * @param messages receives the progress
     * @throws UserException if a model is unusable, a row has no prompt, or no pair can be scored
     */
    public WinRate compare(AnswerPairs pairs, Reading reading, Consumer<String> messages) {
        var example = pairs.pairs().get(0).first();
        var rows = reading.format()
                .map(format -> AnswerRows.of(format, reading.columns()))
                .orElseGet(() -> AnswerRows.like(example, reading.columns()));
        var given = new ArrayList<Row>();
        for (var pair : pairs.pairs()) {
            given.add(rows.row(pair.first(), pair.first()));
            given.add(rows.row(pair.first(), pair.second()));
        }
        var own = logProbs(model, "the model", given, rows.format(), reading, messages);
        var base = reference.map(r -> logProbs(r, "the reference", given, rows.format(), reading, messages));
        var scores = new ArrayList<Optional<List<Score>>>();
        for (var i = 0; i < given.size(); i += 2) {
            var pair = pairs.pairs().get(i / 2);
            var first = score(own, base, i);
            // the last bits depend on what is computed beside an answer: equal answers must not differ by them
            var second = pair.first().output().equals(pair.second().output()) ? first : score(own, base, i + 1);
            scores.add(first.flatMap(a -> second.map(b -> List.of(a, b))));
        }
        if (scores.stream().allMatch(Optional::isEmpty)) {
            throw new UserException("None of the " + scores.size() + " pairs can be scored: they do not fit into "
                    + reading.maxLength() + " tokens (--max-length).");
        }
        return WinRate.of(pairs, scores);
    }

    private Optional<Score> score(List<ScoredRow> own, Optional<List<ScoredRow>> base, int row) {
        if (!(own.get(row) instanceof ScoredRow.Scored scored)) {
            return Optional.empty();
        }
        var sum = scored.logProbs().sum(0);
        var tokens = scored.logProbs().length(0);
        return switch (by) {
            case LOG_PROB -> Optional.of(new Score(tokens, sum));
            case LOG_PROB_PER_TOKEN -> Optional.of(new Score(tokens, sum / tokens));
            case REWARD ->
                base.map(rows -> rows.get(row))
                        .filter(ScoredRow.Scored.class::isInstance)
                        .map(ScoredRow.Scored.class::cast)
                        .map(r -> new Score(tokens, beta * (sum - r.logProbs().sum(0))));
        };
    }

    private List<ScoredRow> logProbs(
            TrainedModel of,
            String what,
            List<Row> rows,
            RowFormat format,
            Reading reading,
            Consumer<String> messages) {
        var recipe = DataRecipe.reading(
                RowShape.RESPONSE,
                new DataSource(Path.of(""), OptionalDouble.empty(), Map.of()),
                format,
                reading.template(),
                reading.maxLength(),
                reading.overlong());
        var result = new ArrayList<ScoredRow>();
        try (var scoring = new Scoring(of.model(), of.adapter(), device, precision)) {
            messages.accept("Scoring " + rows.size() + " answers by " + what);
            scoring.scoreAnswers(rows, recipe, result::add);
        }
        return result;
    }
}
