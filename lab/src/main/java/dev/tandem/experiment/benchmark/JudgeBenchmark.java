package dev.tandem.experiment.benchmark;

import dev.tandem.UserException;
import dev.tandem.eval.answer.AnswerPairs;
import dev.tandem.eval.judge.Judge;
import dev.tandem.eval.judge.JudgePrompt;
import dev.tandem.eval.judge.JudgeSettings;
import dev.tandem.eval.judge.VerdictWords;
import dev.tandem.eval.judge.client.ChatEndpoint;
import dev.tandem.eval.judge.client.Prices;
import dev.tandem.recipe.BenchmarkRecipe;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Compares answers with a judge over an API. */
final class JudgeBenchmark {
    private static final int REPLY_TOKENS = 16;

    private final BenchmarkRecipe.Judge recipe;
    private final Consumer<String> messages;

    /** @param messages receives messages about costs and repeated requests */
    JudgeBenchmark(BenchmarkRecipe.Judge recipe, Consumer<String> messages) {
        this.recipe = recipe;
        this.messages = messages;
    }

    /** @throws UserException if its address, key or prompt cannot be used; no request is sent */
    void check() {
        endpoint();
        settings();
    }

    /**
     * Judges pairs.
     *
     * @param cache file in which replies are kept
     * @throws UserException if the judge refuses or cannot be reached, or the cost limit is reached before the end:
     *     replies are kept, and the next run continues with the others
     */
    BenchmarkScore run(AnswerPairs pairs, Path cache, BooleanSupplier cancelled) {
        var result = new Judge(endpoint(), settings(), cache, new Told(messages))
                .run(pairs.pairs(), pair -> Optional.empty(), cancelled);
        if (result.left() > 0) {
            throw new UserException("The judge's max-cost is reached: " + result.left() + " of " + result.pairs()
                    + " pairs are not judged. The same command continues with them.");
        }
        ObjectNode details = JsonMapper.shared().valueToTree(result.json());
        return new BenchmarkScore(result.wins().rate(), details);
    }

    private ChatEndpoint endpoint() {
        return ChatEndpoint.of(recipe.url(), recipe.keyVariable(), System.getenv());
    }

    private JudgeSettings settings() {
        return new JudgeSettings(
                recipe.model(),
                recipe.prompt().map(JudgePrompt::read).orElseGet(JudgePrompt::standard),
                VerdictWords.STANDARD,
                recipe.weighted(),
                REPLY_TOKENS,
                Map.of(),
                new JudgeSettings.Pace(
                        recipe.parallel(),
                        recipe.requestsPerMinute().orElse(Double.POSITIVE_INFINITY),
                        Double.POSITIVE_INFINITY),
                recipe.priceIn().flatMap(in -> recipe.priceOut().map(out -> new Prices(in, out))),
                recipe.maxCost().orElse(Double.POSITIVE_INFINITY));
    }

    private record Told(Consumer<String> messages) implements Judge.Listener {
        @Override
        public void message(String text) {
            messages.accept(text);
        }

        @Override
        public void progress(int done, int pairs, double dollars) {
            // a comparison shows the progress of its models
        }
    }
}
