package dev.tandem.model;

import dev.tandem.model.config.ModelSpec;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A decoder-only transformer, described by its parts. {@link ModelConfigReader} reads it from a Hugging Face
 * {@code config.json}; {@link Decoder} builds it.
 *
 * @param family family it belongs to
 * @param vocabSize tokens of the vocabulary
 * @param hiddenSize width of the residual stream
 * @param layers number of blocks
 * @param heads query heads
 * @param kvHeads key and value heads (grouped-query attention); divides {@code heads}
 * @param headDim dimensions of a head
 * @param intermediateSize inner width of the MLP
 * @param norm normalisation of the residual stream
 * @param rope rotary position embedding
 * @param activation activation of the MLP
 * @param gatedMlp {@code down(act(gate(x)) · up(x))} rather than {@code down(act(up(x)))}
 * @param parallelResidual attention and MLP both read the block's input (GPT-NeoX)
 * @param fusedQkv one projection makes query, key and value, interleaved by head (GPT-NeoX)
 * @param qkvBias query, key and value projections have a bias
 * @param attentionOutputBias the attention output projection has a bias
 * @param mlpBias the MLP's projections have a bias
 * @param qkNorm queries and keys are RMS-normalised per head
 * @param tiedEmbeddings the output head is the token embedding
 * @param attentionWindows for each layer, how many tokens back (itself included) a token sees; empty: all
 * @param maxPositions longest context of pre-training, tokens
 * @param bosTokenId first token of a text, if the config names one
 * @param eosTokenIds tokens that end a text
 */
public record ModelConfig(
        ModelFamily family,
        int vocabSize,
        int hiddenSize,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        int intermediateSize,
        Norm norm,
        Rope rope,
        Activation activation,
        boolean gatedMlp,
        boolean parallelResidual,
        boolean fusedQkv,
        boolean qkvBias,
        boolean attentionOutputBias,
        boolean mlpBias,
        boolean qkNorm,
        boolean tiedEmbeddings,
        List<OptionalInt> attentionWindows,
        int maxPositions,
        OptionalInt bosTokenId,
        Set<Integer> eosTokenIds) {

    /**
     * Normalisation.
     *
     * @param kind with mean and bias (LayerNorm) or without (RMSNorm)
     * @param eps ε added to the variance
     */
    public record Norm(Kind kind, double eps) {
        /** Kinds of normalisation. */
        public enum Kind {
            /** With mean and bias. */
            LAYER_NORM,
            /** By the root mean square alone. */
            RMS_NORM
        }
    }

    public ModelConfig {
        attentionWindows = List.copyOf(attentionWindows);
        eosTokenIds = Set.copyOf(eosTokenIds);
    }

    /** The same as a tree. */
    public ModelSpec spec() {
        return SpecBuilder.of(this);
    }

    /** Width of all query heads together. */
    public int queryWidth() {
        return heads * headDim;
    }

    /** Width of all key (or value) heads together. */
    public int keyValueWidth() {
        return kvHeads * headDim;
    }

    /** Memory of the keys and values of a token, bytes: they are kept in float32. */
    public long keyValueBytes() {
        return 2L * layers * keyValueWidth() * Float.BYTES;
    }
}
