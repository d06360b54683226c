package dev.tandem.train.loop;

import dev.tandem.method.StepPlan;
import dev.tandem.train.event.StepEvent;
import java.util.LinkedHashMap;
import java.util.List;

/** Gathers what a step did into a {@link StepEvent}. */
final class StepReport {
    private StepReport() {}

    static StepEvent of(
            int step,
            List<ObjectiveTask> tasks,
            StepPlan plan,
            List<BatchLoss> losses,
            double gradNorm,
            double learningRate,
            double seconds,
            boolean skipped) {
        var byName = new LinkedHashMap<String, Double>();
        var statistics = new LinkedHashMap<String, Double>();
        for (var i = 0; i < losses.size(); i++) {
            var name = tasks.get(plan.terms().get(i).objective()).name();
            byName.put(name, losses.get(i).loss());
            losses.get(i).statistics().forEach((key, value) -> statistics.put(name + "/" + key, value));
        }
        return new StepEvent(
                step,
                byName,
                statistics,
                plan.notes(),
                gradNorm,
                learningRate,
                losses.stream().mapToLong(BatchLoss::tokens).sum(),
                losses.stream().mapToLong(BatchLoss::trainedTokens).sum(),
                seconds,
                skipped);
    }
}
