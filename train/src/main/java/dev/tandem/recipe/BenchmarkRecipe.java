package dev.tandem.recipe;

import dev.tandem.data.format.RowFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A benchmark that every model of a comparison is measured on after its training. */
public sealed interface BenchmarkRecipe {

    /** This benchmark with other paths in place of those that are read. */
    BenchmarkRecipe mapPaths(UnaryOperator<Path> where);

    /** Its keys and values as recipes spell them, every default spelt out. */
    default Map<String, Object> yaml() {
        return BenchmarkWriter.map(this);
    }

    /**
     * Questions with choices.
     *
     * @param data questions: a file or a folder
     * @param dev file that shots are taken from
     * @param shots questions shown with their answers before each
     * @param score what a choice is recognised by
     */
    record MultipleChoice(Path data, Optional<Path> dev, int shots, Score score) implements BenchmarkRecipe {
        @Override
        public MultipleChoice mapPaths(UnaryOperator<Path> where) {
            return new MultipleChoice(where.apply(data), dev.map(where), shots, score);
        }
    }

    /** How a choice is recognised. */
    enum Score {
        LETTER,
        TEXT
    }

    /**
     * How often a model's answers are better than others.
     *
     * @param prompts file of prompts
     * @param against file of answers to them; absent: the reference policy's answers
     * @param by what makes an answer good
     * @param model whose log-probs count; with the log-probs only
     * @param adapter over that model
     * @param judge who judges, with {@link By#JUDGE}
     * @param format of the prompts; absent: as their columns say
     * @param template around prompts that are texts
     * @param columns from the format's column names to the file's
     * @param maxLength tokens of the longest prompt and answer
     * @param generation how answers are made
     */
    record WinRate(
            Path prompts,
            Optional<Path> against,
            By by,
            Optional<Path> model,
            Optional<Path> adapter,
            Optional<Judge> judge,
            Optional<RowFormat> format,
            Optional<String> template,
            Map<String, String> columns,
            int maxLength,
            Generation generation)
            implements BenchmarkRecipe {
        public WinRate {
            columns = Map.copyOf(columns);
        }

        @Override
        public WinRate mapPaths(UnaryOperator<Path> where) {
            return new WinRate(
                    where.apply(prompts),
                    against.map(where),
                    by,
                    model.map(where),
                    adapter.map(where),
                    judge,
                    format,
                    template,
                    columns,
                    maxLength,
                    generation);
        }
    }

    /** What makes an answer good, by YAML names. */
    enum By {
        /** The implicit reward of the policy that was trained on preferences alone. */
        REWARD,
        /** Log-probs of another model, summed. */
        LOG_PROB,
        /** Log-probs of another model, divided by the tokens. */
        LOG_PROB_PER_TOKEN,
        /** A model behind an API like OpenAI's. */
        JUDGE
    }

    /**
     * A model behind an API like OpenAI's that says which of two answers is better.
     *
     * @param model its name there
     * @param url of the API; absent: OpenAI's
     * @param keyVariable environment variable of the API's key; absent: OpenAI's usual one for OpenAI, else no key
     * @param prompt file with its prompt; absent: Tandem's own
     * @param weighted by the probabilities of its verdicts
     * @param parallel simultaneous requests
     * @param requestsPerMinute at most; absent: as fast as it answers
     * @param priceIn dollars a million tokens that it reads; absent: unknown
     * @param priceOut dollars a million tokens that it writes; absent: unknown
     * @param maxCost dollars that judging one model's answers may cost; absent: no limit
     */
    record Judge(
            String model,
            Optional<String> url,
            Optional<String> keyVariable,
            Optional<Path> prompt,
            boolean weighted,
            int parallel,
            Optional<Double> requestsPerMinute,
            Optional<Double> priceIn,
            Optional<Double> priceOut,
            Optional<Double> maxCost) {}

    /**
     * How answers are made; the ranges are those of {@code tandem generate}.
     *
     * @param maxNewTokens longest answer, tokens
     * @param stop texts that end an answer
     * @param batchSize answers that are generated simultaneously
     */
    record Generation(
            int maxNewTokens,
            double temperature,
            int topK,
            double topP,
            double minP,
            double repetitionPenalty,
            List<String> stop,
            long seed,
            int batchSize) {
        public Generation {
            stop = List.copyOf(stop);
        }
    }
}
