package dev.tandem.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.method.LossProbe;
import dev.tandem.method.Method;
import dev.tandem.method.MethodContext;
import dev.tandem.method.MethodRecipe;
import dev.tandem.method.MethodState;
import dev.tandem.method.MethodType;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.StepPlan;
import dev.tandem.method.StepWork;
import dev.tandem.plan.PlannedRecipe;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.folder.TrainedModel;
import dev.tandem.train.run.TinyRun;
import dev.tandem.train.run.TrainingRun;
import dev.tandem.yaml.Section;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program's own kind of method, named in a recipe like Tandem's own. */
class RegisteredMethodTest {
    private static final MethodType TYPE = MethodType.weighted("own-turns", Turns::read);
    private static final Registry REGISTRY = Registry.standard().with(TYPE);

    @TempDir
    Path folder;

    /** Alternates between some steps on each objective, and counts them itself. */
    private record Turns(ObjectiveWeights weights, int length) implements MethodRecipe {
        static Turns read(Section section, ObjectiveWeights weights) {
            return new Turns(
                    weights,
                    section.optional("length", n -> section.integer("length", n, 1, 100))
                            .orElse(2));
        }

        @Override
        public MethodType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> settings() {
            var settings = new LinkedHashMap<>(weights.settings());
            settings.put("length", length);
            return settings;
        }

        @Override
        public Method create(MethodContext context) {
            return new Counting(context.names().size(), length);
        }

        @Override
        public StepWork work(List<String> objectives, int steps) {
            return StepWork.alternating(0.5, 0.5);
        }
    }

    private static final class Counting implements Method {
        private final int objectives;
        private final int length;
        private double count;

        Counting(int objectives, int length) {
            this.objectives = objectives;
            this.length = length;
        }

        @Override
        public StepPlan plan(int step, LossProbe probe) {
            return StepPlan.on((int) count++ / length % objectives);
        }

        @Override
        public MethodState state() {
            return new MethodState(Map.of("count", count));
        }

        @Override
        public void restore(MethodState state) {
            count = state.value("count");
        }
    }

    private Recipe recipe(String name, String... settings) {
        var all = new ArrayList<>(List.of("method={name: own-turns, lambda: 0.5, length: 3}"));
        all.addAll(List.of(settings));
        var yaml = RecipeReader.write(new TinyRun(folder).recipe(name));
        return RecipeReader.parse(yaml, all, REGISTRY);
    }

    private static TrainingResult train(Recipe recipe, boolean resume, int stopAfter) {
        var asked = new int[1];
        return new TrainingRun(recipe, resume)
                .withRegistry(REGISTRY)
                .train(new TrainingListener() {}, () -> ++asked[0] >= stopAfter);
    }

    @Test
    void itIsReadWrittenPlannedAndCompared() throws Exception {
        var recipe = recipe("run");
        assertThat(recipe.method()).isInstanceOf(Turns.class);
        var written = RecipeReader.write(recipe);
        assertThat(written).contains("name: own-turns");
        assertThat(RecipeReader.parse(written, List.of(), REGISTRY)).isEqualTo(recipe);
        assertThat(PlannedRecipe.of(recipe, false, OptionalLong.empty()).step()).hasSize(1);
        var file = Files.writeString(folder.resolve("recipe.yaml"), written);
        assertThat(RecipeReader.readComparison(
                                file,
                                List.of("compare={methods: [mix, {name: own-turns, length: 4}], lambdas: [0.5]"
                                        + ", reference: {policy: sft}}"),
                                REGISTRY)
                        .methods()
                        .get(1)
                        .at(0.5))
                .isEqualTo(new Turns(ObjectiveWeights.ofPreference(List.of("sft", "preference"), 0.5), 4));
        assertThatThrownBy(() -> RecipeReader.read(file, List.of()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("method.name: 'own-turns' is not known");
        assertThatThrownBy(() -> REGISTRY.with(TYPE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void stoppedItContinuesAsIfItHadNot() {
        var straight = recipe("straight");
        assertThat(train(straight, false, Integer.MAX_VALUE).steps()).isEqualTo(12);
        var stopped = recipe("stopped");
        train(stopped, false, 4);
        train(stopped, true, 3);
        assertThatThrownBy(() -> train(recipe("stopped", "method.length=5"), true, 99))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("  method.length: 3 → 5");
        train(stopped, true, Integer.MAX_VALUE);
        assertThat(TinyRun.metrics(stopped)).isEqualTo(TinyRun.metrics(straight));
        assertThat(TinyRun.weights(stopped)).isEqualTo(TinyRun.weights(straight));
        assertThat(TrainedModel.of(stopped.output(), REGISTRY).adapter())
                .contains(stopped.output().resolve("final"));
    }
}
