package dev.tandem.examples;

import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.format.EncodingContext;
import dev.tandem.data.format.RowFormat;
import dev.tandem.data.format.RowTexts;
import dev.tandem.data.rows.Row;
import dev.tandem.method.LossProbe;
import dev.tandem.method.Method;
import dev.tandem.method.MethodContext;
import dev.tandem.method.MethodRecipe;
import dev.tandem.method.MethodState;
import dev.tandem.method.MethodType;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.StepPlan;
import dev.tandem.method.StepWork;
import dev.tandem.objective.LossRecipe;
import dev.tandem.objective.LossType;
import dev.tandem.objective.pair.PairLoss;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.recipe.Registry;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.run.TrainingRun;
import dev.tandem.train.track.LineFile;
import dev.tandem.train.track.Tracker;
import dev.tandem.train.track.TrackerContext;
import dev.tandem.train.track.TrackerRecipe;
import dev.tandem.train.track.TrackerType;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Trains a recipe file that names this program's own loss, method, row format and tracker, or resumes its run. */
final class OwnParts {
    static final Registry REGISTRY = Registry.standard()
            .with(Hinge.TYPE)
            .with(Laggard.TYPE)
            .with(new Votes())
            .with(LossTable.TYPE);

    /** Arguments: a recipe file, then settings such as {@code train.steps=12}. */
    public static void main(String... arguments) {
        var settings = List.of(arguments).subList(1, arguments.length);
        var recipe = RecipeReader.read(Path.of(arguments[0]), settings, REGISTRY);
        var resume = new RunDirectory(recipe.output()).hasCheckpoint();
        new TrainingRun(recipe, resume).withRegistry(REGISTRY).train(new TrainingListener() {}, () -> false);
    }

    /** {@code loss: hinge}: max(0, target − β·m) of a pair's margin m. */
    record Hinge(double beta, double target) implements PairLoss {
        static final LossType TYPE = LossType.of("hinge", RowShape.PAIR, List.of("beta", "target"), Hinge::read);

        static LossRecipe read(Section section) {
            var hinge = new Hinge(PairLoss.readBeta(section), section.number("target", Range.POSITIVE, 1.0));
            return new LossRecipe("hinge", Map.of("beta", hinge.beta, "target", hinge.target), hinge);
        }

        @Override
        public double loss(double margin) {
            return Math.max(0.0, target - beta * margin);
        }

        @Override
        public double derivative(double margin) {
            return beta * margin < target ? -beta : 0.0;
        }
    }

    /** {@code format: votes}: a question, answers a and b, and whether a was voted the better one. */
    record Votes() implements RowFormat {
        @Override
        public String name() {
            return "votes";
        }

        @Override
        public List<RowShape> shapes() {
            return List.of(RowShape.PAIR);
        }

        @Override
        public List<String> columns(RowShape shape) {
            return List.of("question", "a", "b", "a_wins");
        }

        @Override
        public boolean takesTemplate() {
            return true;
        }

        @Override
        public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
            var texts = context.texts();
            return row -> {
                var better = columns.flag(row, "a_wins") ? "a" : "b";
                var worse = better.equals("a") ? "b" : "a";
                var prompt = context.prompt(columns.text(row, "question"));
                return texts.pair(row.where(), prompt, columns.text(row, better), columns.text(row, worse));
            };
        }

        @Override
        public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
            return RowTexts.of(row, columns, "question", "a", "b");
        }
    }

    /** {@code name: laggard}: every step is on the objective whose weighted loss has fallen least, as a share of its first. */
    record Laggard(ObjectiveWeights weights, double smoothing) implements MethodRecipe {
        static final MethodType TYPE = MethodType.weighted(
                "laggard",
                (section, weights) -> new Laggard(weights, section.number("smoothing", Range.BELOW_ONE, 0.9)));

        @Override
        public MethodType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> settings() {
            var settings = new LinkedHashMap<>(weights.settings());
            settings.put("smoothing", smoothing);
            return settings;
        }

        /** A guess, for plans: steps in proportion to the weights. */
        @Override
        public StepWork work(List<String> objectives, int steps) {
            return StepWork.alternating(weights.in(objectives).values());
        }

        @Override
        public Method create(MethodContext context) {
            return new Steps(weights.in(context.names()), smoothing, new HashMap<>());
        }

        /** The method at work. First and mean losses by objective are its state, which every checkpoint holds. */
        private record Steps(ObjectiveWeights weights, double smoothing, Map<String, Double> losses) implements Method {
            @Override
            public StepPlan plan(int step, LossProbe probe) {
                var laggard = 0;
                for (var i = 1; i < weights.size(); i++) {
                    laggard = remaining(i) > remaining(laggard) ? i : laggard;
                }
                return StepPlan.on(laggard);
            }

            /** An objective that has not been trained comes first, one of weight 0 never. */
            private double remaining(int i) {
                return weights.get(i)
                        * losses.getOrDefault("mean/" + i, 1e300)
                        / losses.getOrDefault("first/" + i, 1.0);
            }

            @Override
            public void observe(StepPlan plan, double[] stepLosses) {
                var i = plan.terms().get(0).objective();
                losses.putIfAbsent("first/" + i, stepLosses[0]);
                losses.merge("mean/" + i, stepLosses[0], (mean, loss) -> smoothing * mean + (1 - smoothing) * loss);
            }

            @Override
            public MethodState state() {
                return new MethodState(losses);
            }

            @Override
            public void restore(MethodState state) {
                losses.putAll(state.values());
            }
        }
    }

    /** {@code trackers: [csv]}: the losses of every n-th step in losses.csv. */
    record LossTable(int every) implements TrackerRecipe {
        static final TrackerType TYPE = TrackerType.of(
                "csv", Set.of("every"), section -> new LossTable(section.integer("every", 1, 1_000_000, 1)));

        @Override
        public TrackerType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> settings() {
            return Map.of("every", every);
        }

        @Override
        public Tracker create(TrackerContext run) {
            var file = LineFile.open(
                    run.folder().resolve("losses.csv"),
                    run,
                    line -> line.startsWith("step") || Integer.parseInt(line.split(",")[0]) < run.stepsDone());
            if (file.isEmpty()) {
                file.append("step,objective,loss");
            }
            return new Tracker() {
                @Override
                public void onStep(StepEvent event) {
                    if (event.step() % every == 0) {
                        event.losses().forEach((name, loss) -> file.append(event.step() + "," + name + "," + loss));
                    }
                }

                @Override
                public void force() {
                    file.force();
                }

                @Override
                public void close() {
                    file.close();
                }
            };
        }
    }
}
