package dev.tandem.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.Batching;
import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.format.ConversationFormat;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.PreferenceFormat;
import dev.tandem.data.format.RowFormat;
import dev.tandem.data.format.SftFormat;
import dev.tandem.method.MethodRecipe;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.draw.Alright;
import dev.tandem.method.draw.Maxright;
import dev.tandem.method.joint.Mix;
import dev.tandem.method.stage.Sequential;
import dev.tandem.method.stage.SingleObjective;
import dev.tandem.objective.LossRecipe;
import dev.tandem.objective.WeightedLosses;
import dev.tandem.objective.WeightedLosses.Term;
import dev.tandem.objective.pair.Dpo;
import dev.tandem.objective.pair.Ipo;
import dev.tandem.objective.response.Sft;
import dev.tandem.train.track.OnWriteFailure;
import dev.tandem.train.track.TensorBoardTracker;
import dev.tandem.train.track.Trackers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A written recipe is read back as the same recipe. */
class RecipeRoundTripTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void readsWhatItWrote(long seed) {
        var random = new Random(seed);
        for (var i = 0; i < 100; i++) {
            var recipe = new Recipes(random).next();
            assertThat(RecipeReader.parse(RecipeReader.write(recipe), List.of()))
                    .as(RecipeReader.write(recipe))
                    .isEqualTo(recipe);
        }
    }

    private record Recipes(Random random) {

        Recipe next() {
            var objectives = new LinkedHashMap<String, ObjectiveRecipe>();
            objectives.put("sft", objective(Sft.recipe()));
            objectives.put("preference", objective(loss()));
            return new Recipe(
                    path(),
                    maybe(() -> new ReferenceRecipe(Optional.of(path()), maybe(this::path))),
                    method(),
                    objectives,
                    maybe(() -> new LoraRecipe(
                            OptionalInt.of(1 + random.nextInt(64)),
                            OptionalDouble.of(0.5 + random.nextInt(64)),
                            random.nextDouble() * 0.9,
                            List.of("q_proj", "v_proj"),
                            maybe(this::path))),
                    new OptimizerRecipe(
                            random.nextDouble() * 1e-3 + 1e-9,
                            List.of(random.nextDouble(), random.nextDouble()),
                            1e-8,
                            random.nextDouble(),
                            random.nextInt(3),
                            one(OptimizerRecipe.Schedule.values()),
                            random.nextInt(100)),
                    new TrainRecipe(
                            20,
                            one("auto", "cpu", "cuda", "cuda:3"),
                            one(TrainRecipe.Precision.values()),
                            random.nextLong() >> 5,
                            random.nextInt(100),
                            1 + random.nextInt(9),
                            random.nextInt(100),
                            random.nextInt(9),
                            1 + random.nextInt(5),
                            one(OnWriteFailure.values()),
                            count(),
                            count(),
                            count(),
                            random.nextBoolean(),
                            one(ZeroStage.values()),
                            random.nextBoolean(),
                            maybe(() -> new TrainRecipe.EarlyStop(
                                    OptionalDouble.of(random.nextGaussian()), List.of(List.of(1.0, 2.5))))),
                    path(),
                    maybe(this::path),
                    one(Trackers.DEFAULTS, List.of(), List.of(new TensorBoardTracker.Settings())));
        }

        private MethodRecipe method() {
            var names = List.of("sft", "preference");
            var weights = random.nextBoolean()
                    ? ObjectiveWeights.ofPreference(names, random.nextDouble())
                    : ObjectiveWeights.of(names, 0.3, 0.700001);
            return switch (random.nextInt(5)) {
                case 0 -> new Mix.Settings(weights);
                case 1 -> new Alright.Settings(weights, one(Alright.Draws.values()));
                case 2 ->
                    new Maxright.Settings(
                            weights, 1 + random.nextInt(20), one(Maxright.ProbeBatch.values()), random.nextDouble());
                case 3 -> new SingleObjective.Settings("preference");
                default ->
                    random.nextBoolean()
                            ? new Sequential.Settings(
                                    List.of("sft", "preference"), Optional.of(0.125), Optional.empty())
                            : new Sequential.Settings(
                                    List.of("preference", "sft"), Optional.empty(), Optional.of(List.of(5, 15)));
            };
        }

        private LossRecipe loss() {
            var beta = 0.01 + random.nextDouble();
            return one(
                    new LossRecipe("dpo", Map.of("beta", beta), new Dpo(beta)),
                    new LossRecipe("dpo", Map.of("beta", beta, "label-smoothing", 0.3), new Dpo(beta, 0.3)),
                    sum(beta),
                    new LossRecipe("ipo", Map.of("beta", beta, "average", "none"), new Ipo(beta)),
                    new LossRecipe("ipo", Map.of("beta", beta, "average", "tokens"), new Ipo(beta, Ipo.Average.TOKENS)),
                    new LossRecipe("cdpo", Map.of("beta", beta, "label-smoothing", 0.2), new Dpo(beta, 0.2)));
        }

        private static LossRecipe sum(double beta) {
            var dpo = new LossRecipe("dpo", Map.of("beta", beta), new Dpo(beta));
            var terms = List.of(new Term(1.0, dpo), new Term(beta, Sft.recipe()));
            return new LossRecipe("dpo + sft", Map.of(), new WeightedLosses(terms));
        }

        private ObjectiveRecipe objective(LossRecipe loss) {
            var batch = 1 + random.nextInt(16);
            var fixed = random.nextBoolean();
            var shape = loss.objective().shape();
            RowFormat format = shape == RowShape.RESPONSE
                    ? one(new SftFormat(), new ConversationFormat())
                    : new PreferenceFormat();
            var columns = format.columns(shape);
            return new ObjectiveRecipe(
                    loss,
                    new DataRecipe(
                            shape,
                            List.of(
                                    new DataSource(
                                            path(),
                                            OptionalDouble.of(0.5),
                                            Map.of(columns.get(0), "a: b", columns.get(1), "#y")),
                                    new DataSource(path(), OptionalDouble.of(random.nextDouble() + 0.1), Map.of())),
                            fixed ? List.of(new DataSource(path(), OptionalDouble.empty(), Map.of())) : List.of(),
                            fixed ? 0.03 : random.nextDouble() * 0.9,
                            format,
                            maybe(() -> one(
                                    "User: {}\nAssistant: ", "{}", "'{}' \"q\" # no comment", " {} \t\u00e9\u4e2d")),
                            2 + random.nextInt(4096),
                            one(Overlong.values()),
                            count(),
                            count(),
                            random.nextBoolean()
                                    ? new Batching.Examples(batch)
                                    : new Batching.Tokens(16 + random.nextInt(4096), 1 + random.nextInt(512)),
                            random.nextBoolean()),
                    random.nextBoolean() ? OptionalInt.of(1 + random.nextInt(batch)) : OptionalInt.empty(),
                    random.nextBoolean() ? OptionalDouble.of(random.nextGaussian()) : OptionalDouble.empty());
        }

        private OptionalInt count() {
            return random.nextBoolean() ? OptionalInt.of(1 + random.nextInt(1000)) : OptionalInt.empty();
        }

        private Path path() {
            return Path.of(one("a/b.jsonl", "with space", "null", "123", "true", "~x", "quote'd", "c: d", "-"));
        }

        private <T> Optional<T> maybe(Supplier<T> value) {
            return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
        }

        @SafeVarargs
        private <T> T one(T... values) {
            return values[random.nextInt(values.length)];
        }
    }
}
