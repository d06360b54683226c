package dev.tandem.experiment;

import dev.tandem.train.EvaluationEvent;
import java.util.List;
import java.util.Optional;

/**
 * One run of the demo's comparison.
 *
 * @param evaluations in order, at least one
 * @param seconds the training steps took
 */
record DemoRun(String name, List<EvaluationEvent> evaluations, double seconds) {
    private static final String SFT = "sft";
    private static final String PREFERENCE = "preference";

    DemoRun {
        evaluations = List.copyOf(evaluations);
    }

    double lowestSft() {
        return lowest(SFT);
    }

    double lowestPreference() {
        return lowest(PREFERENCE);
    }

    double lastSft() {
        return loss(last(), SFT);
    }

    double lastPreference() {
        return loss(last(), PREFERENCE);
    }

    /** The run as a row of the result, measured against f* of both objectives. */
    RunOutcome outcome(double sftOptimum, double preferenceOptimum) {
        var sftGap = lastSft() - sftOptimum;
        var preferenceGap = lastPreference() - preferenceOptimum;
        return new RunOutcome(
                name,
                lastSft(),
                sftGap,
                lastPreference(),
                preferenceGap,
                Optional.ofNullable(last().statistics().get(PREFERENCE + "/accuracy"))
                        .orElseThrow(),
                Math.hypot(sftGap, preferenceGap),
                seconds,
                evaluations.stream()
                        .map(e -> new RunOutcome.Point(e.step(), loss(e, SFT), loss(e, PREFERENCE)))
                        .toList());
    }

    private EvaluationEvent last() {
        return evaluations.get(evaluations.size() - 1);
    }

    private double lowest(String objective) {
        return evaluations.stream().mapToDouble(e -> loss(e, objective)).min().orElseThrow();
    }

    private static double loss(EvaluationEvent event, String objective) {
        return Optional.ofNullable(event.losses().get(objective)).orElseThrow();
    }
}
