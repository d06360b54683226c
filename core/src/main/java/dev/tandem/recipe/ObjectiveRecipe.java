package dev.tandem.recipe;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * One objective and its data.
 *
 * @param loss which loss
 * @param beta β of preference losses (default 0.1)
 * @param labelSmoothing ε of conservative DPO (default 0; only with {@code loss: dpo} or {@code cdpo})
 * @param data training sources; a single path in YAML is a list of one
 * @param evalData evaluation sources; absent: {@code evalShare} of the rows is held out
 * @param evalShare share of every source held out for evaluation when {@code evalData} is absent (default 0.03)
 * @param format row format
 * @param template prompt template with {@code {}} for the prompt; absent: the format's default
 * @param maxLength longest sequence, tokens
 * @param overlong what happens to a response that does not fit (prompts that leave no room are always dropped)
 * @param maxSamples at most this many training examples are kept
 * @param maxEvalSamples at most this many evaluation examples are kept
 * @param batching how the batch of an optimizer step is formed
 * @param microBatchSize examples in the model at once; absent: the whole batch. Loss and gradient do not depend on it
 * @param shuffle reshuffle every epoch; false: rows in the files' order
 * @param optimum f*: the loss this objective reaches alone; absent: 0
 */
public record ObjectiveRecipe(
        Loss loss,
        double beta,
        double labelSmoothing,
        List<DataSource> data,
        List<DataSource> evalData,
        double evalShare,
        RowFormat format,
        Optional<String> template,
        int maxLength,
        Overlong overlong,
        OptionalInt maxSamples,
        OptionalInt maxEvalSamples,
        Batching batching,
        OptionalInt microBatchSize,
        boolean shuffle,
        double optimum) {
    public ObjectiveRecipe {
        data = List.copyOf(data);
        evalData = List.copyOf(evalData);
    }

    /**
     * What reading rows needs, without training: format, template and lengths.
     *
     * @param loss decides whether rows of the tokens format are single sequences or pairs
     * @param data the file
     * @param format of its rows
     * @param template around the prompt, {@code {}} in its place; absent: the format's default
     * @param maxLength longest sequence, tokens
     * @param overlong what happens to a response that does not fit
     * @return a recipe for reading
     */
    public static ObjectiveRecipe reading(
            Loss loss, DataSource data, RowFormat format, Optional<String> template, int maxLength, Overlong overlong) {
        return new ObjectiveRecipe(
                loss,
                0.1,
                0,
                List.of(data),
                List.of(),
                0,
                format,
                template,
                maxLength,
                overlong,
                OptionalInt.empty(),
                OptionalInt.empty(),
                new Batching.Examples(1),
                OptionalInt.empty(),
                false,
                0);
    }

    /** The same with another f*. */
    public ObjectiveRecipe withOptimum(double value) {
        return with(loss, data, evalData, value);
    }

    /** SFT on the same data; on pairs it learns from the chosen answers. */
    public ObjectiveRecipe asSft() {
        return with(Loss.SFT, data, evalData, 0);
    }

    /** The same on data found elsewhere. */
    ObjectiveRecipe located(UnaryOperator<Path> where) {
        return with(
                loss,
                data.stream().map(d -> d.located(where)).toList(),
                evalData.stream().map(d -> d.located(where)).toList(),
                optimum);
    }

    private ObjectiveRecipe with(
            Loss newLoss, List<DataSource> newData, List<DataSource> newEvalData, double newOptimum) {
        return new ObjectiveRecipe(
                newLoss,
                beta,
                newLoss == Loss.SFT ? 0 : labelSmoothing,
                newData,
                newEvalData,
                evalShare,
                format,
                template,
                maxLength,
                overlong,
                maxSamples,
                maxEvalSamples,
                batching,
                microBatchSize,
                shuffle,
                newOptimum);
    }

    /** Losses by their YAML names: {@code sft}, {@code dpo}, {@code ipo}, {@code cdpo}. */
    public enum Loss {
        /** −log-prob of responses. */
        SFT,
        /** Direct preference optimisation. */
        DPO,
        /** Identity preference optimisation. */
        IPO,
        /** DPO with label smoothing. */
        CDPO
    }

    /** What to do with a response that does not fit into {@code max-length}. */
    public enum Overlong {
        /** It is cut to fit. */
        CUT,
        /** Its row is left out. */
        DROP
    }
}
