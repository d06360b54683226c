package dev.tandem.experiment;

import java.util.List;

/**
 * What became of one run of a comparison, on the fixed evaluation sets.
 *
 * @param name what the run is called in tables and pictures
 * @param sftLoss SFT loss at the end
 * @param sftGap SFT loss − f*_SFT
 * @param preferenceLoss preference loss at the end
 * @param preferenceGap preference loss − f*_preference
 * @param preferenceAccuracy share of pairs whose chosen answer has the larger reward
 * @param idealDistance Euclidean norm of the two gaps
 * @param seconds the training steps took
 * @param path evaluations along the way, the first before training
 */
public record RunOutcome(
        String name,
        double sftLoss,
        double sftGap,
        double preferenceLoss,
        double preferenceGap,
        double preferenceAccuracy,
        double idealDistance,
        double seconds,
        List<Point> path) {

    /**
     * One evaluation in loss space.
     *
     * @param step steps done before it
     */
    public record Point(int step, double sftLoss, double preferenceLoss) {}

    public RunOutcome {
        path = List.copyOf(path);
    }
}
