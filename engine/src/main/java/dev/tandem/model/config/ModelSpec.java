package dev.tandem.model.config;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A decoder-only transformer: embedding, blocks, final norm, output head. Layout, initialisation, weight decay, LoRA
 * targets, operation counts and memory estimates are computed by walking this tree.
 *
 * @param modelType {@code model_type} of its Hugging Face config
 * @param vocabSize tokens of the vocabulary
 * @param hiddenSize width of the residual stream
 * @param embedding token embedding
 * @param blocks first to last
 * @param finalNorm norm after the last block
 * @param head output head
 * @param maxPositions longest context of pre-training, tokens
 * @param bosTokenId first token of a text, if the config names one
 * @param eosTokenIds tokens that end a text
 */
public record ModelSpec(
        String modelType,
        int vocabSize,
        int hiddenSize,
        EmbeddingSpec embedding,
        List<BlockSpec> blocks,
        NormSpec finalNorm,
        HeadSpec head,
        int maxPositions,
        OptionalInt bosTokenId,
        Set<Integer> eosTokenIds) {

    public ModelSpec {
        blocks = List.copyOf(blocks);
        eosTokenIds = Set.copyOf(eosTokenIds);
    }

    /** A copy whose head is a matrix of its own. */
    public ModelSpec untied() {
        return new ModelSpec(
                modelType,
                vocabSize,
                hiddenSize,
                embedding,
                blocks,
                finalNorm,
                new HeadSpec(head.weight(), false, head.scale(), head.softCap()),
                maxPositions,
                bosTokenId,
                eosTokenIds);
    }

    /** Number of blocks. */
    public int layers() {
        return blocks.size();
    }

    /** The attention of every block, first to last. */
    public List<AttentionSpec> attentions() {
        return blocks.stream().map(block -> block.attention().module()).toList();
    }

    /** The matrix that produces logits, {@code [vocabulary, hidden]}: the embedding's if the two are tied. */
    public ParameterSpec outputMatrix() {
        return head.tied() ? embedding.weight() : head.weight();
    }

    /** Memory of the keys and values of a token, bytes; they are stored in float32. */
    public long keyValueBytes() {
        return attentions().stream()
                .mapToLong(a -> 2L * a.keyValueWidth() * Float.BYTES)
                .sum();
    }
}
