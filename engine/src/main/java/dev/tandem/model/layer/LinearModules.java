package dev.tandem.model.layer;

import dev.tandem.model.config.LinearSpec;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.parallel.IntraOpPool;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** The linear modules of a model by name. */
public final class LinearModules {
    private final Map<String, Linear> byName = new LinkedHashMap<>();
    private final ParameterStore weights;
    private final boolean join;
    private final TensorOwner owner;
    private final List<LinearGroup> groups = new ArrayList<>();

    /**
     * @param join whether modules that read the same input are computed as one, if their weights allow it
     * @param owner keeps the fused views of weights
     */
    public LinearModules(ParameterLayout layout, ParameterStore weights, boolean join, TensorOwner owner) {
        this.weights = weights;
        this.join = join;
        this.owner = owner;
        for (var spec : layout.linears()) {
            byName.put(spec.name(), new Linear(spec, weights));
        }
    }

    public Linear get(LinearSpec spec) {
        return get(spec.name());
    }

    public Linear get(String name) {
        var linear = byName.get(name);
        if (linear == null) {
            throw new IllegalStateException("no linear module " + name);
        }
        return linear;
    }

    /** Modules that read the same input. */
    public LinearGroup group(List<LinearSpec> specs) {
        var linears = specs.stream().map(this::get).toList();
        var together = join && linears.size() > 1
                ? Affine.fused(linears.stream().map(Linear::affine).toList(), owner)
                : Optional.<Affine>empty();
        var group = new LinearGroup(linears, weights, together);
        groups.add(group);
        return group;
    }

    /** Uses packed copies of all weights from now on, for passes without a gradient. */
    public void pack(IntraOpPool team) {
        groups.forEach(group -> group.pack(team, owner));
        ungrouped().forEach(linear -> linear.pack(team, owner));
    }

    /** Number of multiplications of all modules for one token. */
    public long products() {
        return byName.values().stream()
                .mapToLong(linear -> (long) linear.spec().in() * linear.spec().out())
                .sum();
    }

    /** Memory of the matrices that the products of a pass read, bytes. */
    public long bytes() {
        return byName.values().stream()
                .mapToLong(linear -> linear.affine().matrix().bytes())
                .sum();
    }

    /**
     * Computes only the products of all modules.
     *
     * @param inputs {@code [tokens, in]} for every width
     */
    public void products(IntFunction<Tensor> inputs) {
        for (var group : groups) {
            var x = inputs.apply(group.linears().get(0).spec().in());
            alone(() -> group.apply(x, Dropout.none()));
        }
        for (var linear : ungrouped()) {
            var x = inputs.apply(linear.spec().in());
            alone(() -> linear.apply(x, Dropout.none()));
        }
    }

    private static void alone(Runnable product) {
        try (var scope = new PointerScope()) {
            product.run();
        }
    }

    private List<Linear> ungrouped() {
        var grouped = groups.stream().flatMap(group -> group.linears().stream()).toList();
        return byName.values().stream()
                .filter(linear -> !grouped.contains(linear))
                .toList();
    }

    public Collection<Linear> all() {
        return byName.values();
    }
}
