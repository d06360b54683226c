package dev.tandem.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.data.example.RowShape;
import dev.tandem.method.LossProbe;
import dev.tandem.method.Method;
import dev.tandem.method.StepPlan;
import dev.tandem.objective.BatchCounts;
import dev.tandem.objective.LossAndTokenGradients;
import dev.tandem.objective.Objective;
import dev.tandem.objective.ScoredBatch;
import dev.tandem.objective.pair.Dpo;
import dev.tandem.objective.response.Sft;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose objectives and method a program supplies: they work like the recipe's, and are not trusted more. */
class RunOverridesTest {
    private static final TrainingListener NOBODY = new TrainingListener() {};

    @TempDir
    Path folder;

    private TinyRun runs() {
        return new TinyRun(folder);
    }

    /** SFT that is drawn towards the reference: plus the mean over responses of half the square of log π − log π_ref. */
    private record Anchored() implements Objective {
        @Override
        public RowShape shape() {
            return RowShape.RESPONSE;
        }

        @Override
        public boolean needsReference() {
            return true;
        }

        @Override
        public LossAndTokenGradients evaluate(ScoredBatch part, BatchCounts batch) {
            var policy = part.policy();
            var loss = 0.0;
            var weights = new float[policy.values().length];
            for (var s = 0; s < policy.sequences(); s++) {
                var away = policy.sum(s) - part.referenceSums()[s];
                loss += (away * away / 2 - policy.sum(s)) / batch.examples();
                for (var t = policy.offsets()[s]; t < policy.offsets()[s + 1]; t++) {
                    weights[t] = (float) ((away - 1) / batch.examples());
                }
            }
            return new LossAndTokenGradients(loss, weights, Map.of("away", loss));
        }
    }

    /** An objective that returns a wrong number of weights. */
    private record Short() implements Objective {
        @Override
        public RowShape shape() {
            return RowShape.RESPONSE;
        }

        @Override
        public boolean needsReference() {
            return false;
        }

        @Override
        public LossAndTokenGradients evaluate(ScoredBatch part, BatchCounts batch) {
            return new LossAndTokenGradients(1.0, new float[1], Map.of());
        }
    }

    private record OnOnly(int objective) implements Method {
        @Override
        public StepPlan plan(int step, LossProbe probe) {
            return StepPlan.on(objective);
        }
    }

    /** Steps on everything and remembers what it observes after each step. */
    private record Remembering(List<double[]> observed) implements Method {
        @Override
        public StepPlan plan(int step, LossProbe probe) {
            return new StepPlan(List.of(new StepPlan.Term(0, 0.5), new StepPlan.Term(1, 0.5)), false, Map.of());
        }

        @Override
        public boolean observesAfterStep() {
            return true;
        }

        @Override
        public void observe(StepPlan plan, double[] losses) {
            observed.add(losses);
        }
    }

    /** Where every step has the same batches, the losses after one are those before the next. */
    @Test
    void aMethodMayObserveLossesAfterTheStep() {
        var recipe = runs().recipe(
                        "after",
                        "objectives.sft.max-samples=2",
                        "objectives.sft.micro-batch-size=1",
                        "objectives.sft.shuffle=false",
                        "objectives.preference.max-samples=2",
                        "objectives.preference.shuffle=false");
        var observed = new ArrayList<double[]>();
        var before = new ArrayList<double[]>();
        new TrainingRun(recipe, false)
                .withMethod((names, optima) -> new Remembering(observed))
                .train(
                        new TrainingListener() {
                            @Override
                            public void onStep(StepEvent event) {
                                before.add(event.losses().values().stream()
                                        .mapToDouble(loss -> loss)
                                        .toArray());
                            }
                        },
                        () -> false);
        assertThat(observed).hasSize(12);
        for (var step = 1; step < 12; step++) {
            assertThat(observed.get(step - 1)).containsExactly(before.get(step), within(1e-5));
            assertThat(observed.get(step - 1)).isNotEqualTo(before.get(step - 1));
        }
    }

    @Test
    void theRecipesOwnPartsBroughtByAProgramTrainTheSame() {
        var recipe = runs().recipe("recipe", "method={name: single, objective: preference}");
        TinyRun.messages(recipe, false);
        var own = runs().recipe("own", "objectives.preference.loss=ipo", "objectives.preference.beta=0.7");
        new TrainingRun(own, false)
                .withMethod((names, optima) -> new OnOnly(names.indexOf("preference")))
                .withObjective("preference", new Dpo(0.1))
                .train(NOBODY, () -> false);
        assertThat(TinyRun.weights(own)).isEqualTo(TinyRun.weights(recipe));
        assertThat(TinyRun.metrics(own).stream().skip(1))
                .isEqualTo(TinyRun.metrics(recipe).stream().skip(1).toList());
    }

    @Test
    void singleResponsesMayHaveAReference() {
        var seen = new ArrayList<StepEvent>();
        var listener = new TrainingListener() {
            @Override
            public void onStep(StepEvent event) {
                seen.add(event);
            }
        };
        var result = new TrainingRun(
                        runs().recipe("anchored", "objectives.sft.micro-batch-size=1", "optimizer.learning-rate=0.001"),
                        false)
                .withMethod((names, optima) -> new OnOnly(0))
                .withObjective("sft", new Anchored())
                .train(listener, () -> false);
        assertThat(seen).hasSize(12);
        assertThat(seen)
                .allSatisfy(event -> assertThat(event.statistics().get("sft/away"))
                        .isCloseTo(event.losses().get("sft"), within(1e-9)));
        assertThat(result.last().orElseThrow().losses().get("sft"))
                .isLessThan(result.first().orElseThrow().losses().get("sft"));
    }

    /** The cache is opened for the losses that are trained. */
    @Test
    void referenceLogProbsOfAProgramsLossAreKept() {
        var recipe = runs().recipe("kept", "method={name: single, objective: sft}", "objectives.preference.loss=ipo");
        var first = messages(recipe, Map.of("sft", new Anchored(), "preference", new Free()));
        assertThat(first).anyMatch(m -> m.matches("Reference log-probs of sft: 0 from the cache, [1-9]\\d* computed"));
        var again = runs().recipe("again", "method={name: single, objective: sft}");
        assertThat(messages(again, Map.of("sft", new Anchored(), "preference", new Free())))
                .anyMatch(m -> m.matches("Reference log-probs of sft: [1-9]\\d* from the cache, 0 computed"))
                .noneMatch(m -> m.startsWith("Reference log-probs of preference"));
        var unread = runs().recipe("unread", "cache=" + folder.resolve("unread-cache"));
        messages(unread, Map.of("preference", new Free()));
        assertThat(folder.resolve("unread-cache/reference")).doesNotExist();
        assertThat(folder.resolve("unread-cache/digests")).doesNotExist();
    }

    /** A loss on pairs that needs no reference. */
    private record Free() implements Objective {
        @Override
        public RowShape shape() {
            return RowShape.PAIR;
        }

        @Override
        public boolean needsReference() {
            return false;
        }

        @Override
        public LossAndTokenGradients evaluate(ScoredBatch part, BatchCounts batch) {
            return new LossAndTokenGradients(0.0, new float[part.policy().values().length], Map.of());
        }
    }

    private static List<String> messages(Recipe recipe, Map<String, Objective> own) {
        var messages = new ArrayList<String>();
        var run = new TrainingRun(recipe, false);
        for (var loss : own.entrySet()) {
            run = run.withObjective(loss.getKey(), loss.getValue());
        }
        run.train(
                new TrainingListener() {
                    @Override
                    public void onMessage(String message) {
                        messages.add(message);
                    }
                },
                () -> false);
        return messages;
    }

    @Test
    void wrongOnesAreNamed() {
        var short1 = new TrainingRun(runs().recipe("short"), false).withObjective("sft", new Short());
        assertThatThrownBy(() -> short1.train(NOBODY, () -> false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("Objective sft: 1 weights for ")
                .hasMessageEndingWith("one for each was expected from dev.tandem.train.run.RunOverridesTest$Short");
        var beyond = new TrainingRun(runs().recipe("beyond"), false).withMethod((names, optima) -> new OnOnly(2));
        assertThatThrownBy(() -> beyond.train(NOBODY, () -> false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Step 0: dev.tandem.train.run.RunOverridesTest$OnOnly plans objective 2, but there are 2, counted"
                                + " from 0");
    }

    @Test
    void aRunIsNotResumedByAnotherMethod() {
        var recipe = runs().recipe("method");
        var stop = new int[1];
        new TrainingRun(recipe, false)
                .withMethod((names, optima) -> new OnOnly(0))
                .train(NOBODY, () -> ++stop[0] == 2);
        assertThatThrownBy(() -> new TrainingRun(recipe, true).train(NOBODY, () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(
                        "was begun with a program's method: dev.tandem.train.run.RunOverridesTest$OnOnly, and would"
                                + " continue with the recipe's own objectives and method");
        var both = new TrainingRun(recipe, true)
                .withMethod((names, optima) -> new OnOnly(0))
                .withObjective("sft", new Sft());
        assertThatThrownBy(() -> both.train(NOBODY, () -> false))
                .hasMessageContaining(
                        "would continue with a program's method: dev.tandem.train.run.RunOverridesTest$OnOnly,"
                                + " objective sft: dev.tandem.objective.response.Sft.");
        assertThat(List.of(recipe.output().toFile().list())).contains("recipe.yaml");
    }
}
