package dev.tandem.model.lora;

import dev.tandem.UserException;
import dev.tandem.model.config.LinearSpec;
import dev.tandem.model.config.ParameterLayout;
import java.util.List;

/**
 * A LoRA adapter's shape.
 *
 * @param rank r
 * @param alpha the output is scaled by alpha / rank, or alpha / √rank if rank-stabilised
 * @param dropout probability of zeroing an input of A while training
 * @param targets module names, full paths or their last parts; or the single word {@code all-linear}
 * @param rankStabilized PEFT's {@code use_rslora}
 */
public record LoraConfig(int rank, double alpha, double dropout, List<String> targets, boolean rankStabilized) {
    /** Target that stands for every linear module but the output head. */
    public static final String ALL_LINEAR = "all-linear";

    public LoraConfig {
        targets = List.copyOf(targets);
    }

    /** Factor of the adapter's output. */
    public double scale() {
        return rankStabilized ? alpha / Math.sqrt(rank) : alpha / rank;
    }

    /**
     * The modules of a model this adapter attaches to.
     *
     * @throws UserException if a target names no module; the message lists the existing ones
     */
    public List<LinearSpec> modules(ParameterLayout layout) {
        if (targets.equals(List.of(ALL_LINEAR))) {
            return layout.linears();
        }
        for (var target : targets) {
            if (layout.linears().stream().noneMatch(l -> matches(l, target))) {
                var known = layout.linears().stream()
                        .map(LinearSpec::shortName)
                        .distinct()
                        .toList();
                throw new UserException("LoRA target '" + target + "' names no linear module of this model. Known: "
                        + String.join(", ", known) + ", or " + ALL_LINEAR + ".");
            }
        }
        return layout.linears().stream()
                .filter(l -> targets.stream().anyMatch(t -> matches(l, t)))
                .toList();
    }

    private static boolean matches(LinearSpec linear, String target) {
        return linear.name().equals(target) || linear.name().endsWith("." + target);
    }
}
