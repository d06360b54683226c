package dev.tandem.model;

import dev.tandem.model.config.AttentionSpec;
import dev.tandem.model.config.BlockSpec;
import dev.tandem.model.config.EmbeddingSpec;
import dev.tandem.model.config.FeedForwardSpec;
import dev.tandem.model.config.HeadSpec;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.config.NormSpec;
import dev.tandem.model.config.QkvSpec;
import dev.tandem.model.config.Sublayer;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Makes the tree of specs from a flat config. */
final class SpecBuilder {
    private final ModelConfig config;
    private final ModuleNames names;

    private SpecBuilder(ModelConfig config) {
        this.config = config;
        this.names = ModuleNames.of(config);
    }

    static ModelSpec of(ModelConfig config) {
        return new SpecBuilder(config).model();
    }

    private ModelSpec model() {
        return new ModelSpec(
                config.family().modelType(),
                config.vocabSize(),
                config.hiddenSize(),
                new EmbeddingSpec(matrix(names.embedding()), 1),
                IntStream.range(0, config.layers()).mapToObj(this::block).toList(),
                norm(names.finalNorm(), config.hiddenSize()),
                new HeadSpec(matrix(names.head()), config.tiedEmbeddings(), 1, OptionalDouble.empty()),
                config.maxPositions(),
                config.bosTokenId(),
                config.eosTokenIds());
    }

    private ParameterSpec matrix(String module) {
        return ParameterSpec.matrix(module + ".weight", config.vocabSize(), config.hiddenSize());
    }

    private NormSpec norm(String module, int width) {
        var kind = config.norm().kind() == ModelConfig.Norm.Kind.LAYER_NORM
                ? NormSpec.Kind.LAYER_NORM
                : NormSpec.Kind.RMS_NORM;
        return new NormSpec(module, width, kind, config.norm().eps(), 0);
    }

    private BlockSpec block(int i) {
        return new BlockSpec(
                Sublayer.preNorm(norm(names.layer(i, names.inputNorm()), config.hiddenSize()), attention(i)),
                Sublayer.preNorm(norm(names.layer(i, names.postAttentionNorm()), config.hiddenSize()), feedForward(i)),
                config.parallelResidual(),
                1);
    }

    private AttentionSpec attention(int i) {
        return new AttentionSpec(
                qkv(i),
                new LinearSpec(
                        names.attention(i, names.attentionOutput()),
                        config.queryWidth(),
                        config.hiddenSize(),
                        config.attentionOutputBias()),
                config.heads(),
                config.kvHeads(),
                config.headDim(),
                headNorm(i, names.queryNorm()),
                headNorm(i, names.keyNorm()),
                config.rope(),
                config.attentionWindows().get(i),
                AttentionSpec.usualScale(config.headDim()));
    }

    private Optional<NormSpec> headNorm(int i, String module) {
        return config.qkNorm() ? Optional.of(norm(names.attention(i, module), config.headDim())) : Optional.empty();
    }

    private QkvSpec qkv(int i) {
        return config.fusedQkv()
                ? new QkvSpec.ByHead(projection(i, names.qkv(), 3 * config.queryWidth()))
                : new QkvSpec.Separate(
                        projection(i, names.query(), config.queryWidth()),
                        projection(i, names.key(), config.keyValueWidth()),
                        projection(i, names.value(), config.keyValueWidth()));
    }

    private LinearSpec projection(int i, String module, int width) {
        return new LinearSpec(names.attention(i, module), config.hiddenSize(), width, config.qkvBias());
    }

    private FeedForwardSpec feedForward(int i) {
        var hidden = config.hiddenSize();
        var inner = config.intermediateSize();
        var up = new LinearSpec(names.layer(i, names.up()), hidden, inner, config.mlpBias());
        var down = new LinearSpec(names.layer(i, names.down()), inner, hidden, config.mlpBias());
        return config.gatedMlp()
                ? new FeedForwardSpec.Gated(
                        new LinearSpec(names.layer(i, names.gate()), hidden, inner, config.mlpBias()),
                        up,
                        down,
                        config.activation())
                : new FeedForwardSpec.Plain(up, down, config.activation());
    }
}
