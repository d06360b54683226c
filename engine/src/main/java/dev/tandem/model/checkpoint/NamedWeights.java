package dev.tandem.model.checkpoint;

import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.config.ParameterSpec;
import dev.tandem.model.family.TensorNames;
import dev.tandem.tensor.safetensors.WeightsFormats;
import dev.tandem.tensor.safetensors.WeightsReader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/** The weights of a model directory by the names of the model's parameters. Names that are none of those stay. */
final class NamedWeights implements WeightsReader {
    private final WeightsReader weights;
    private final TensorNames spelled;

    /** Stored names by own ones. */
    private final Map<String, String> names = new LinkedHashMap<>();

    private NamedWeights(WeightsReader weights, ModelSpec spec) {
        this.weights = weights;
        this.spelled = new TensorNames(spec, weights.names());
        weights.names().forEach(name -> names.put(name, name));
        for (var parameter : ParameterLayout.of(spec).parameters()) {
            spelled.stored(parameter.name()).ifPresent(stored -> {
                names.remove(stored);
                names.put(parameter.name(), stored);
            });
        }
    }

    /** @throws dev.tandem.UserException if there are no weights, or files are malformed */
    static NamedWeights open(Path directory, ModelSpec spec) {
        return new NamedWeights(WeightsFormats.open(directory), spec);
    }

    @Override
    public Set<String> names() {
        return names.keySet();
    }

    /** The name in the files. */
    String stored(ParameterSpec parameter) {
        return names.getOrDefault(parameter.name(), parameter.name());
    }

    /** Something that names in the files begin with although the model's do not. */
    Optional<String> strangePrefix() {
        return spelled.strangePrefix();
    }

    @Override
    public long[] shape(String name) {
        return weights.shape(names.getOrDefault(name, name));
    }

    @Override
    public Tensor tensor(String name) {
        return weights.tensor(names.getOrDefault(name, name));
    }

    @Override
    public List<Path> paths() {
        return weights.paths();
    }

    @Override
    public void close() {
        weights.close();
    }
}
