package dev.tandem.eval.answer;

import dev.tandem.data.example.Example;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.model.generation.BatchGenerator;
import dev.tandem.model.generation.TextModel;
import dev.tandem.recipe.Recipe;
import dev.tandem.tensor.DType;
import dev.tandem.train.run.RunData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lets trained models answer the first prompts of a recipe's evaluation sets, greedily, so that they can be read side by
 * side. The prompts are the very tokens that the models are evaluated on.
 */
public final class SampleAnswers {
    private static final String TOKENIZER = "tokenizer.json";

    private final int prompts;
    private final int tokens;

    /**
     * @param prompts of each objective, at most
     * @param tokens longest answer
     */
    public SampleAnswers(int prompts, int tokens) {
        this.prompts = prompts;
        this.tokens = tokens;
    }

    /**
     * A prompt and an answer to it.
     *
     * @param objective whose evaluation set it is from
     */
    public record Answer(String objective, String prompt, String answer) {}

    /**
     * Answers of the model in a folder.
     *
     * @param recipe of the comparison: objectives and their data
     * @param model Hugging Face model directory
     * @param adapter PEFT adapter directory over it, if one was trained
     * @return none if the model has no tokenizer, as with data that is tokenised already
     */
    public List<Answer> of(Recipe recipe, Path model, Optional<Path> adapter) {
        if (prompts == 0 || !Files.exists(model.resolve(TOKENIZER))) {
            return List.of();
        }
        var data = RunData.load(recipe, message -> {});
        try (var opened = TextModel.open(model, adapter, "cpu", DType.F32)) {
            return answers(opened, prompts(data));
        }
    }

    /** All prompts are answered at the same time. */
    private List<Answer> answers(TextModel model, Map<String, List<int[]>> asked) {
        var tokenizer = model.tokenizer();
        var all = asked.values().stream().flatMap(List::stream).toList();
        var made = BatchGenerator.greedy(model.model(), all, tokens, model.endTokens(), tokenizer.vocabSize())
                .iterator();
        var result = new ArrayList<Answer>();
        asked.forEach((objective, prompts) -> prompts.forEach(prompt -> result.add(new Answer(
                objective,
                tokenizer.decodeWithoutSpecialTokens(prompt).strip(),
                tokenizer.decodeWithoutSpecialTokens(made.next()).strip()))));
        return result;
    }

    private Map<String, List<int[]>> prompts(RunData data) {
        var result = new LinkedHashMap<String, List<int[]>>();
        data.byObjective().forEach((name, objective) -> result.put(name, prompts(objective.evaluation())));
        return result;
    }

    /** The first prompts of examples that have one; equal ones once. */
    private List<int[]> prompts(List<Example> examples) {
        Set<List<Integer>> seen = new LinkedHashSet<>();
        var result = new ArrayList<int[]>();
        for (var example : examples) {
            var prompt = prompt(example.sequences().get(0));
            if (result.size() < prompts
                    && prompt.length > 0
                    && seen.add(Arrays.stream(prompt).boxed().toList())) {
                result.add(prompt);
            }
        }
        return result;
    }

    /** The tokens before the first trained token. */
    private static int[] prompt(TokenSequence sequence) {
        var length = 0;
        while (length < sequence.length() && !sequence.trained()[length]) {
            length++;
        }
        return Arrays.copyOf(sequence.ids(), length);
    }
}
