package dev.tandem.data.load;

import dev.tandem.data.DataSource;
import dev.tandem.data.example.Example;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.io.RealPaths;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds evaluation examples that are also trained on: their loss says nothing about text that the model has not seen.
 */
final class TrainEvalOverlap {
    private TrainEvalOverlap() {}

    /** A warning of one line, if examples overlap. */
    static Optional<String> warning(
            String objective, DataRecipe recipe, List<List<Example>> training, List<Example> evaluation) {
        var trained = recipe.sources().stream()
                .map(source -> RealPaths.of(source.path()))
                .toList();
        var same = recipe.evalSources().stream()
                .map(DataSource::path)
                .filter(file -> trained.contains(RealPaths.of(file)))
                .findFirst();
        if (same.isPresent()) {
            return Optional.of(objective + ": the evaluation data " + same.get()
                    + " is the training data itself; its loss says only how well that data was learnt");
        }
        // tokens are compared only where hashes are equal
        var hashes = evaluation.stream().map(Example::hash).collect(Collectors.toSet());
        var sequences = new HashSet<List<TokenSequence>>();
        training.forEach(source -> source.stream()
                .filter(example -> hashes.contains(example.hash()))
                .forEach(example -> sequences.add(example.sequences())));
        var leaked = evaluation.stream()
                .filter(e -> sequences.contains(e.sequences()))
                .count();
        return leaked == 0
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "%s: warning: %,d of %,d evaluation examples are training examples too, so that their loss says"
                                + " little about new text; 'tandem data check' finds them",
                        objective,
                        leaked,
                        evaluation.size()));
    }
}
