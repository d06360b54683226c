package dev.tandem.model;

import dev.tandem.model.ModelConfig.Norm;
import java.util.ArrayList;
import java.util.List;

/**
 * Every parameter a model of a given config has: what a checkpoint must hold, what random initialisation makes, and
 * what memory estimates count.
 */
public final class ParameterLayout {
    private final ModelConfig config;
    private final ModuleNames names;
    private final List<ParameterSpec> parameters = new ArrayList<>();
    private final List<LinearSpec> linears = new ArrayList<>();
    private final List<List<String>> sharingInput = new ArrayList<>();

    private ParameterLayout(ModelConfig config) {
        this.config = config;
        this.names = ModuleNames.of(config);
        var hidden = config.hiddenSize();
        add(names.embedding() + ".weight", config.vocabSize(), hidden);
        for (var i = 0; i < config.layers(); i++) {
            addLayer(i, hidden);
        }
        addNorm(names.finalNorm(), hidden);
        if (!config.tiedEmbeddings()) {
            add(names.head() + ".weight", config.vocabSize(), hidden);
        }
    }

    /** The layout of a config. */
    public static ParameterLayout of(ModelConfig config) {
        return new ParameterLayout(config);
    }

    /** All parameters, in the order of the forward pass. */
    public List<ParameterSpec> parameters() {
        return List.copyOf(parameters);
    }

    /** The linear modules of all blocks (the output head is not one of them). */
    public List<LinearSpec> linears() {
        return List.copyOf(linears);
    }

    /**
     * Parameters of the same kind of linear modules that read the same input, in order: where they lie one below the other
     * in memory, the modules are computed as one.
     */
    public List<List<String>> sharingInput() {
        return List.copyOf(sharingInput);
    }

    /**
     * The names of all parameters, unit by unit: the embedding, the blocks, the final norm with the last of them, and the output
     * head unless it is the embedding.
     */
    public List<List<String>> units() {
        var units = new ArrayList<List<String>>();
        for (var parameter : parameters) {
            var unit = unit(parameter.name());
            while (units.size() <= unit) {
                units.add(new ArrayList<>());
            }
            units.get(unit).add(parameter.name());
        }
        return units;
    }

    /** The unit that a parameter, or a module's adapter, belongs to, by its name. */
    public int unit(String name) {
        if (name.startsWith(names.embedding() + ".")) {
            return 0;
        }
        if (name.startsWith(names.head() + ".")) {
            return config.layers() + 1;
        }
        if (name.startsWith(names.layers())) {
            var rest = name.substring(names.layers().length());
            return 1 + Integer.parseInt(rest.substring(0, rest.indexOf('.')));
        }
        return config.layers(); // the final norm
    }

    /** Number of parameters. */
    public long elements() {
        return parameters.stream().mapToLong(ParameterSpec::elements).sum();
    }

    private void addLayer(int i, int hidden) {
        var inner = config.intermediateSize();
        addNorm(names.layer(i, names.inputNorm()), hidden);
        if (config.fusedQkv()) {
            addLinear(names.attention(i, names.qkv()), hidden, 3 * config.queryWidth(), config.qkvBias());
        } else {
            addLinear(names.attention(i, names.query()), hidden, config.queryWidth(), config.qkvBias());
            addLinear(names.attention(i, names.key()), hidden, config.keyValueWidth(), config.qkvBias());
            addLinear(names.attention(i, names.value()), hidden, config.keyValueWidth(), config.qkvBias());
            share(3, config.qkvBias());
        }
        if (config.qkNorm()) {
            add(names.attention(i, names.queryNorm()) + ".weight", config.headDim());
            add(names.attention(i, names.keyNorm()) + ".weight", config.headDim());
        }
        addLinear(
                names.attention(i, names.attentionOutput()), config.queryWidth(), hidden, config.attentionOutputBias());
        addNorm(names.layer(i, names.postAttentionNorm()), hidden);
        if (config.gatedMlp()) {
            addLinear(names.layer(i, names.gate()), hidden, inner, config.mlpBias());
        }
        addLinear(names.layer(i, names.up()), hidden, inner, config.mlpBias());
        if (config.gatedMlp()) {
            share(2, config.mlpBias());
        }
        addLinear(names.layer(i, names.down()), inner, hidden, config.mlpBias());
    }

    private void addLinear(String module, int in, int out, boolean bias) {
        linears.add(new LinearSpec(module, in, out, bias));
        add(module + ".weight", out, in);
        if (bias) {
            add(module + ".bias", out);
        }
    }

    /** The last linear modules read the same input. */
    private void share(int modules, boolean biases) {
        var last = linears.subList(linears.size() - modules, linears.size());
        sharingInput.add(last.stream().map(l -> l.name() + ".weight").toList());
        if (biases) {
            sharingInput.add(last.stream().map(l -> l.name() + ".bias").toList());
        }
    }

    private void addNorm(String module, int width) {
        add(module + ".weight", width);
        if (config.norm().kind() == Norm.Kind.LAYER_NORM) {
            add(module + ".bias", width);
        }
    }

    private void add(String name, long... shape) {
        parameters.add(
                shape.length > 1
                        ? ParameterSpec.matrix(name, shape[0], shape[1])
                        : ParameterSpec.vector(
                                name,
                                shape[0],
                                name.endsWith(".weight") ? ParameterSpec.Init.ONES : ParameterSpec.Init.ZEROS));
    }
}
