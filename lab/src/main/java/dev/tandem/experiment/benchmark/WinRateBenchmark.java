package dev.tandem.experiment.benchmark;

import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.eval.answer.AnswerPairs;
import dev.tandem.eval.answer.AnswerScoring;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.recipe.BenchmarkRecipe;
import dev.tandem.train.folder.TrainedModel;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Answers to prompts, compared with others': the value is the win rate. */
final class WinRateBenchmark implements Benchmark {
    private static final double BETA = 0.1;

    private final BenchmarkRecipe.WinRate recipe;
    private final ComparedModels models;
    private final AnswersOnDisk answers;
    private final String name;
    private final Consumer<String> messages;

    /** @param messages receives messages for the user */
    WinRateBenchmark(String name, BenchmarkRecipe.WinRate recipe, ComparedModels models, Consumer<String> messages) {
        this.name = name;
        this.recipe = recipe;
        this.models = models;
        this.messages = messages;
        this.answers = new AnswersOnDisk(name, recipe, models);
    }

    @Override
    public void check() {
        var prompts = answers.check();
        recipe.against().ifPresent(file -> {
            var missing = AnswerPairs.unanswered(recipe.prompts(), file, recipe.columns());
            if (missing > 0) {
                messages.accept(String.format(
                        Locale.ROOT,
                        "%s has no answer to %,d of the %,d prompts; these are left out",
                        file,
                        missing,
                        prompts));
            }
        });
        recipe.judge().ifPresent(judge -> new JudgeBenchmark(judge, messages).check());
        recipe.model().ifPresent(model -> {
            ModelFamilies.read(model);
            TextTokenizer.load(model).close();
        });
    }

    @Override
    public long size() {
        return answers.check();
    }

    @Override
    public BenchmarkScore run(Subject subject, LongConsumer progress, BooleanSupplier cancelled) {
        var own = answers.of(subject, progress, cancelled);
        var other = recipe.against().orElseGet(() -> answers.of(models.reference(), progress, cancelled));
        var pairs = AnswerPairs.read(own, other, recipe.columns());
        if (recipe.judge().isPresent()) {
            return new JudgeBenchmark(recipe.judge().orElseThrow(), messages)
                    .run(pairs, own.resolveSibling(name + "-judge-cache.jsonl"), cancelled);
        }
        return byLogProbs(pairs);
    }

    private BenchmarkScore byLogProbs(AnswerPairs pairs) {
        var format = answers.format();
        var reading = new AnswerScoring.Reading(
                Optional.of(format), answers.template(format), recipe.columns(), recipe.maxLength(), Overlong.TRUNCATE);
        var result = scoring().compare(pairs, reading, message -> {});
        ObjectNode details = JsonMapper.shared().valueToTree(result.json());
        return new BenchmarkScore(result.rate(), details);
    }

    private AnswerScoring scoring() {
        return switch (recipe.by()) {
            case REWARD ->
                new AnswerScoring(
                        AnswerScoring.By.REWARD,
                        models.preferring().model(),
                        Optional.of(models.reference().model()),
                        BETA,
                        models.device(),
                        models.precision());
            case LOG_PROB -> byLogProb(AnswerScoring.By.LOG_PROB);
            case LOG_PROB_PER_TOKEN -> byLogProb(AnswerScoring.By.LOG_PROB_PER_TOKEN);
            case JUDGE -> throw new IllegalStateException("judges do not score by log-probs");
        };
    }

    private AnswerScoring byLogProb(AnswerScoring.By by) {
        return new AnswerScoring(
                by,
                new TrainedModel(recipe.model().orElseThrow(), recipe.adapter()),
                Optional.empty(),
                BETA,
                models.device(),
                models.precision());
    }
}
