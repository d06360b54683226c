package dev.tandem.experiment.benchmark;

import dev.tandem.data.TextTokenizer;
import dev.tandem.eval.MultipleChoice;
import dev.tandem.eval.Question;
import dev.tandem.eval.QuestionFiles;
import dev.tandem.eval.QuestionPrompt;
import dev.tandem.eval.TextModels;
import dev.tandem.recipe.BenchmarkRecipe;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Multiple-choice questions: the score is the accuracy over all of them. */
final class ChoiceBenchmark implements Benchmark {
    private final BenchmarkRecipe.MultipleChoice recipe;
    private final ComparedModels models;
    private final Consumer<String> messages;

    /** @param messages receives messages for the user */
    ChoiceBenchmark(BenchmarkRecipe.MultipleChoice recipe, ComparedModels models, Consumer<String> messages) {
        this.recipe = recipe;
        this.models = models;
        this.messages = messages;
    }

    @Override
    public void check() {
        MultipleChoice.shortages(questions(), examples(), recipe.shots()).forEach(messages);
        TextTokenizer.load(models.base().model().model()).close();
    }

    private List<Question> questions() {
        return QuestionFiles.read(recipe.data(), "test");
    }

    private List<Question> examples() {
        return recipe.dev().map(dev -> QuestionFiles.read(dev, "dev")).orElse(List.of());
    }

    @Override
    public long size() {
        return questions().size();
    }

    @Override
    public BenchmarkScore run(Subject subject, LongConsumer progress, BooleanSupplier cancelled) {
        var prompt = recipe.score() == BenchmarkRecipe.Score.LETTER ? QuestionPrompt.LETTER : QuestionPrompt.TEXT;
        var model = subject.model();
        try (var opened = TextModels.open(model.model(), model.adapter(), models.device(), models.precision())) {
            var result = new MultipleChoice(opened, prompt, examples(), recipe.shots())
                    .run(questions(), progress, cancelled);
            ObjectNode details = JsonMapper.shared().valueToTree(result.json());
            return new BenchmarkScore(result.all().bySum(), details);
        }
    }
}
