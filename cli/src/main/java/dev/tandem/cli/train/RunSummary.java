package dev.tandem.cli.train;

import dev.tandem.cli.console.ConsoleTable;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.ObjectiveWork;
import dev.tandem.train.event.TrainingResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a run ended, as text and a small table. */
final class RunSummary {
    private RunSummary() {}

    static List<String> lines(Recipe recipe, TrainingResult result) {
        var lines = new ArrayList<String>();
        lines.add(String.format(
                Locale.ROOT,
                "%,d steps, %,d tokens, %.1f s of training, %,.0f tokens/s: %s",
                result.steps(),
                result.tokens(),
                result.seconds(),
                result.tokens() / Math.max(result.seconds(), 1e-9),
                result.why()));
        result.work()
                .filter(work -> recipe.objectives().size() > 1)
                .ifPresent(work -> recipe.objectives().keySet().forEach(name -> {
                    var own = work.getOrDefault(name, ObjectiveWork.NONE);
                    lines.add(String.format(
                            Locale.ROOT,
                            "  %s: %,d steps, %,d tokens, %.1f s",
                            name,
                            own.steps(),
                            own.tokens(),
                            own.seconds()));
                }));
        result.last().ifPresent(last -> {
            var rows = new ArrayList<List<String>>();
            rows.add(List.of("objective", "loss at first", "loss now", "gap", "accuracy"));
            recipe.objectives().keySet().stream()
                    .filter(last.losses()::containsKey)
                    .forEach(name -> rows.add(row(name, result.first(), last)));
            lines.addAll(ConsoleTable.lines(rows));
            last.idealDistance()
                    .ifPresent(distance -> lines.add(String.format(Locale.ROOT, "ideal distance %.4f", distance)));
        });
        return lines;
    }

    private static List<String> row(String name, Optional<EvaluationEvent> first, EvaluationEvent last) {
        return List.of(
                name,
                first.map(e -> number(e.losses().get(name))).orElse(""),
                number(last.losses().get(name)),
                last.gaps().containsKey(name) ? number(last.gaps().get(name)) : "-",
                number(last.statistics().get(name + "/accuracy")));
    }

    private static String number(@org.jspecify.annotations.Nullable Double value) {
        return value == null ? "" : String.format(Locale.ROOT, "%.4f", value);
    }
}
