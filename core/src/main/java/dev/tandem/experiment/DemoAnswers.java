package dev.tandem.experiment;

import dev.tandem.data.TextTokenizer;
import dev.tandem.experiment.world.DemoWorld;
import dev.tandem.experiment.world.SamplePrompt;
import dev.tandem.model.Generator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Lets models answer the demo's prompts, greedily. */
final class DemoAnswers {
    private static final int MAX_TOKENS = 40;

    private final List<SamplePrompt> prompts;

    DemoAnswers(List<SamplePrompt> prompts) {
        this.prompts = List.copyOf(prompts);
    }

    /**
     * Answers of several runs to every prompt.
     *
     * @param runs names in the order of the result
     * @param model folder of a run's model
     */
    List<DemoResult.Answers> of(List<String> runs, Function<String, Path> model) {
        var byRun = new LinkedHashMap<String, List<String>>();
        runs.forEach(run -> byRun.put(run, answers(model.apply(run))));
        var result = new ArrayList<DemoResult.Answers>();
        for (var i = 0; i < prompts.size(); i++) {
            Map<String, String> answers = new LinkedHashMap<>();
            for (var entry : byRun.entrySet()) {
                answers.put(entry.getKey(), entry.getValue().get(i));
            }
            result.add(new DemoResult.Answers(prompts.get(i).prompt(), answers));
        }
        return result;
    }

    private List<String> answers(Path model) {
        try (var tokenizer = TextTokenizer.load(model);
                var generator = Generator.open(model)) {
            return prompts.stream()
                    .map(prompt -> answer(prompt.prompt(), tokenizer, generator))
                    .toList();
        }
    }

    private static String answer(String prompt, TextTokenizer tokenizer, Generator generator) {
        var ids = generator.greedy(
                tokenizer.encodePrompt(DemoWorld.PROMPT_TEMPLATE.replace("{}", prompt)),
                MAX_TOKENS,
                tokenizer.endTokens());
        return tokenizer.decodeWithoutSpecialTokens(ids).strip();
    }
}
