package dev.tandem.examples;

import dev.tandem.inference.Answer;
import dev.tandem.inference.GenerationSettings;
import dev.tandem.inference.PromptAnswerer;
import dev.tandem.inference.TextModels;
import dev.tandem.recipe.TrainRecipe.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Asks a model with the adapter that a run ended with. */
final class AnswerQuestions {
    static List<String> ask(Path model, Path adapter, List<String> questions) {
        try (var opened = TextModels.open(model, Optional.of(adapter), "auto", Precision.FP32)) {
            var answering =
                    new PromptAnswerer(opened, GenerationSettings.greedy(60), Optional.of("User: {}\nAssistant: "));
            return answering.answer(questions).stream().map(Answer::text).toList();
        }
    }
}
