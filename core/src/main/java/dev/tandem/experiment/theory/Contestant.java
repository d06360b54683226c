package dev.tandem.experiment.theory;

import dev.tandem.method.Alright;
import dev.tandem.method.Maxright;
import dev.tandem.method.Method;
import dev.tandem.method.Mix;
import dev.tandem.method.Sequential;
import dev.tandem.recipe.MethodRecipe;
import dev.tandem.recipe.MethodRecipe.Draws;
import dev.tandem.recipe.MethodRecipe.Look;
import java.util.List;

/** The methods compared: those that train language models, the same classes. Objective 0 is SFT, 1 the preferences. */
enum Contestant {
    SFT_THEN_PREFERENCE("sequential-sft-first", Gap.MIX, LossSource.BATCHES),
    PREFERENCE_THEN_SFT("sequential-preference-first", Gap.MIX, LossSource.BATCHES),
    MIX("mix", Gap.MIX, LossSource.BATCHES),
    ALRIGHT("alright", Gap.MIX, LossSource.BATCHES),
    MAXRIGHT("maxright", Gap.MAX, LossSource.BATCHES),
    MAXRIGHT_ALL_DATA("maxright-all-data", Gap.MAX, LossSource.ALL_DATA),
    MAXRIGHT_LAST_LOSS("maxright-last-loss", Gap.MAX, LossSource.BATCHES),
    MAXRIGHT_NEXT_BATCH("maxright-next-batch", Gap.MAX, LossSource.BATCHES);

    /** Which gap the paper's theorem about a method bounds. */
    enum Gap {
        /** f_Mix(θ) − min f_Mix. */
        MIX,
        /** F_max(θ) − min F_max. */
        MAX
    }

    private final String label;
    private final Gap gap;
    private final LossSource losses;

    Contestant(String label, Gap gap, LossSource losses) {
        this.label = label;
        this.gap = gap;
        this.losses = losses;
    }

    String label() {
        return label;
    }

    Gap gap() {
        return gap;
    }

    /** What it is told of losses. Only MAXRIGHT listens. */
    LossSource losses() {
        return losses;
    }

    /** A fresh method for a run of {@code steps} steps. */
    Method method(TradeOff tradeOff, int evaluateEvery, int steps, long seed) {
        var lambda = tradeOff.lambda();
        var weights = new double[] {1.0 - lambda, lambda};
        // Sequential spends on each objective the share of steps that the others spend on it in expectation
        var onPreferences = (int) Math.round(lambda * steps);
        return switch (this) {
            case SFT_THEN_PREFERENCE -> new Sequential(List.of(0, 1), List.of(steps - onPreferences, onPreferences));
            case PREFERENCE_THEN_SFT -> new Sequential(List.of(1, 0), List.of(onPreferences, steps - onPreferences));
            case MIX -> new Mix(weights);
            case ALRIGHT -> new Alright(weights, Draws.BERNOULLI, seed);
            case MAXRIGHT, MAXRIGHT_ALL_DATA, MAXRIGHT_LAST_LOSS, MAXRIGHT_NEXT_BATCH ->
                new Maxright(
                        List.of("sft", "preference"),
                        weights,
                        new double[] {
                            tradeOff.sft().value(), tradeOff.preference().value()
                        },
                        evaluateEvery,
                        this == MAXRIGHT_NEXT_BATCH ? Look.NEXT_BATCH : Look.OTHER_BATCH,
                        this == MAXRIGHT ? MethodRecipe.Maxright.SMOOTHING : 0.0);
        };
    }
}
