package dev.tandem.model.checkpoint;

import dev.tandem.model.Computation;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.config.ParameterSpec;
import dev.tandem.tensor.AdjacentTensors;
import dev.tandem.tensor.TensorOwner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Places parameters that are not trained as a computation needs them. */
public final class FrozenParameters {
    private FrozenParameters() {}

    /**
     * The parameters of a layout by name, in its order.
     *
     * @param computation the computation that uses them; if it fuses projections, those are made adjacent in memory,
     *     which copies them unless they are adjacent already
     * @param read supplies a parameter by name; intermediate tensors are freed once the parameter is in place
     * @param owner keeps the parameters
     */
    public static Map<String, Tensor> laidOut(
            ParameterLayout layout, Computation computation, Function<String, Tensor> read, TensorOwner owner) {
        var found = new HashMap<String, Tensor>();
        for (var group : groups(layout, computation)) {
            try (var scope = new PointerScope()) {
                var laid = AdjacentTensors.madeAdjacent(group.stream().map(read).toList());
                for (var i = 0; i < group.size(); i++) {
                    found.put(group.get(i), owner.own(laid.get(i)));
                }
            }
        }
        var result = new LinkedHashMap<String, Tensor>();
        for (var parameter : layout.parameters()) {
            result.put(parameter.name(), found.get(parameter.name()));
        }
        return result;
    }

    /** Every parameter once, in groups that must be adjacent in memory. */
    private static List<List<String>> groups(ParameterLayout layout, Computation computation) {
        var groups = new ArrayList<List<String>>();
        if (computation.fusedProjections()) {
            groups.addAll(layout.sharingInput());
        }
        var grouped = groups.stream().flatMap(List::stream).collect(Collectors.toSet());
        layout.parameters().stream()
                .map(ParameterSpec::name)
                .filter(name -> !grouped.contains(name))
                .forEach(name -> groups.add(List.of(name)));
        return groups;
    }
}
