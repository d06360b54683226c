package dev.tandem.experiment.theory;

import dev.tandem.method.Method;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.draw.Alright;
import dev.tandem.method.draw.Maxright;
import dev.tandem.method.draw.Maxright.ProbeBatch;
import dev.tandem.method.joint.Mix;
import dev.tandem.method.stage.Sequential;
import java.util.List;
import java.util.function.Function;

/** The methods compared: those that train language models, the same classes. Objective 0 is SFT, 1 the preferences. */
enum ComparedMethod {
    SFT_THEN_PREFERENCE("sequential-sft-first", Gap.MIX, LossSource.BATCHES, run -> run.sequential(0, 1)),
    PREFERENCE_THEN_SFT("sequential-preference-first", Gap.MIX, LossSource.BATCHES, run -> run.sequential(1, 0)),
    MIX("mix", Gap.MIX, LossSource.BATCHES, run -> new Mix(run.weights())),
    ALRIGHT(
            "alright",
            Gap.MIX,
            LossSource.BATCHES,
            run -> new Alright(run.weights(), Alright.Draws.BERNOULLI, run.seed())),
    MAXRIGHT(
            "maxright",
            Gap.MAX,
            LossSource.BATCHES,
            run -> run.maxright(ProbeBatch.SEPARATE, new Maxright.Settings(run.weights()).smoothing())),
    MAXRIGHT_ALL_DATA("maxright-all-data", Gap.MAX, LossSource.ALL_DATA, run -> run.maxright(ProbeBatch.SEPARATE, 0.0)),
    MAXRIGHT_LAST_LOSS(
            "maxright-last-loss", Gap.MAX, LossSource.BATCHES, run -> run.maxright(ProbeBatch.SEPARATE, 0.0)),
    MAXRIGHT_NEXT_BATCH("maxright-next-batch", Gap.MAX, LossSource.BATCHES, run -> run.maxright(ProbeBatch.NEXT, 0.0));

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
    private final Function<Run, Method> method;

    ComparedMethod(String label, Gap gap, LossSource losses, Function<Run, Method> method) {
        this.label = label;
        this.gap = gap;
        this.losses = losses;
        this.method = method;
    }

    String label() {
        return label;
    }

    Gap gap() {
        return gap;
    }

    /** The losses that it receives. Only MAXRIGHT uses them. */
    LossSource losses() {
        return losses;
    }

    /** A new method for a run of {@code steps} steps. */
    Method method(TradeOff tradeOff, int evaluateEvery, int steps, long seed) {
        return method.apply(new Run(tradeOff, evaluateEvery, steps, seed));
    }

    /** The run a method is made for. */
    private record Run(TradeOff tradeOff, int evaluateEvery, int steps, long seed) {
        ObjectiveWeights weights() {
            return ObjectiveWeights.ofPreference(List.of("sft", ObjectiveWeights.PREFERENCE), tradeOff.lambda());
        }

        /** Sequential spends on each objective the share of steps that the others spend on it in expectation. */
        Sequential sequential(int first, int second) {
            var onPreferences = (int) Math.round(tradeOff.lambda() * steps);
            var onEach = List.of(steps - onPreferences, onPreferences);
            return new Sequential(List.of(first, second), List.of(onEach.get(first), onEach.get(second)));
        }

        Maxright maxright(ProbeBatch look, double smoothing) {
            return new Maxright(
                    new Maxright.Settings(weights(), evaluateEvery, look, smoothing),
                    new double[] {tradeOff.sft().value(), tradeOff.preference().value()});
        }
    }

    /** Which losses a method receives when it asks, and after its steps. */
    enum LossSource {
        /** f_i(θ) itself: the losses in the definition of F_max. */
        ALL_DATA,
        /** Losses of batches, which is what training a language model can afford. */
        BATCHES
    }
}
