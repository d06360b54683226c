package dev.tandem.method.stage;

import dev.tandem.UserException;
import dev.tandem.method.LossProbe;
import dev.tandem.method.Method;
import dev.tandem.method.MethodContext;
import dev.tandem.method.MethodRecipe;
import dev.tandem.method.MethodType;
import dev.tandem.method.StepPlan;
import dev.tandem.method.StepWork;
import dev.tandem.text.Suggestion;
import dev.tandem.yaml.Section;
import java.util.List;
import java.util.Map;

/** Every step is on one objective, the others are ignored. This is how its optimum f* is measured. */
public final class SingleObjective implements Method {
    /** {@code name: single}. */
    public static final MethodType TYPE = new MethodType() {
        @Override
        public String name() {
            return "single";
        }

        @Override
        public List<String> formerNames() {
            return List.of("optimum");
        }

        @Override
        public MethodRecipe parse(Section section, List<String> objectives, int steps) {
            var settings = new Settings(section.required("objective", n -> section.text("objective", n)));
            section.checked("objective", () -> settings.index(objectives));
            return settings;
        }

        @Override
        public int minObjectives() {
            return 1;
        }
    };

    private final StepPlan plan;

    /** @param objective index of the objective */
    public SingleObjective(int objective) {
        plan = StepPlan.on(objective);
    }

    /**
     * One objective alone, in a recipe.
     *
     * @param objective its name
     */
    public record Settings(String objective) implements MethodRecipe {
        @Override
        public MethodType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> settings() {
            return Map.of("objective", objective);
        }

        @Override
        public Method create(MethodContext context) {
            return new SingleObjective(index(context.names()));
        }

        @Override
        public StepWork work(List<String> objectives, int steps) {
            var shares = new double[objectives.size()];
            shares[index(objectives)] = 1.0;
            return StepWork.alternating(shares);
        }

        @Override
        public String title() {
            return "optimum of " + objective;
        }

        private int index(List<String> objectives) {
            var index = objectives.indexOf(objective);
            if (index < 0) {
                throw new UserException(Suggestion.quoted(objective) + " is not an objective of this recipe"
                        + Suggestion.suggestion(objective, objectives));
            }
            return index;
        }
    }

    @Override
    public StepPlan plan(int step, LossProbe probe) {
        return plan;
    }
}
