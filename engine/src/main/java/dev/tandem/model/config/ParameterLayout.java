package dev.tandem.model.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Every parameter of a model, collected from its specs. Checkpoints must hold these, random initialisation creates
 * them, and memory estimates count them.
 */
public final class ParameterLayout {
    private final List<ParameterSpec> parameters = new ArrayList<>();
    private final List<LinearSpec> linears = new ArrayList<>();
    private final List<List<String>> sharingInput = new ArrayList<>();
    private final List<List<String>> units = new ArrayList<>();

    /** Unit by parameter, and by linear module. */
    private final Map<String, Integer> unitOf = new HashMap<>();

    private ParameterLayout(ModelSpec spec) {
        add(0, List.of(spec.embedding().weight()));
        var unit = 0;
        for (var block : spec.blocks()) {
            add(++unit, block);
        }
        add(unit, spec.finalNorm().parameters());
        if (!spec.head().tied()) {
            add(unit + 1, List.of(spec.head().weight()));
        }
    }

    private void add(int unit, ModuleSpec block) {
        add(unit, block.parameters());
        linears.addAll(block.linears());
        block.linears().forEach(linear -> unitOf.put(linear.name(), unit));
        for (var group : block.sharingInput()) {
            sharingInput.add(group.stream().map(LinearSpec::weightName).toList());
            if (group.stream().allMatch(LinearSpec::bias)) {
                sharingInput.add(group.stream().map(LinearSpec::biasName).toList());
            }
        }
    }

    private void add(int unit, List<ParameterSpec> some) {
        while (units.size() <= unit) {
            units.add(new ArrayList<>());
        }
        for (var parameter : some) {
            parameters.add(parameter);
            units.get(unit).add(parameter.name());
            unitOf.put(parameter.name(), unit);
        }
    }

    /** The layout of a model. */
    public static ParameterLayout of(ModelSpec spec) {
        return new ParameterLayout(spec);
    }

    /** All parameters, in the order of the forward pass. */
    public List<ParameterSpec> parameters() {
        return List.copyOf(parameters);
    }

    /** Names of the parameters that weight decay applies to. */
    public Set<String> decaying() {
        return parameters.stream()
                .filter(ParameterSpec::decays)
                .map(ParameterSpec::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The linear modules of all blocks (the output head is not one of them). */
    public List<LinearSpec> linears() {
        return List.copyOf(linears);
    }

    /**
     * Parameters of the same kind of linear modules that read the same input, in order: if they are adjacent in memory,
     * the modules are computed as one.
     */
    public List<List<String>> sharingInput() {
        return List.copyOf(sharingInput);
    }

    /**
     * The names of all parameters, unit by unit: the embedding, the blocks, with the final norm in the last one, and
     * the output head unless it is the embedding.
     */
    public List<List<String>> units() {
        return units.stream().map(List::copyOf).toList();
    }

    /**
     * The unit that a parameter belongs to.
     *
     * @param name name of a parameter, of a linear module, or of an adapter's tensor on one
     * @throws IllegalArgumentException if the model has none of that name
     */
    public int unit(String name) {
        return Optional.ofNullable(unitOf.get(name))
                .or(() -> Optional.ofNullable(unitOf.get(name.substring(0, Math.max(0, name.lastIndexOf('.'))))))
                .orElseThrow(() -> new IllegalArgumentException("the model has no parameter " + name));
    }

    /** Number of parameters. */
    public long elements() {
        return parameters.stream().mapToLong(ParameterSpec::elements).sum();
    }
}
