package dev.tandem.data.bpe;

import java.util.List;

/**
 * A trained byte-level BPE tokenizer.
 *
 * @param specialTokens tokens that are never cut and never arise from text by merging; they have the lowest ids
 * @param tokens all tokens by their id: the special tokens, the 256 bytes, then the merged tokens, written in GPT-2's
 *     printable byte alphabet
 *     printable byte alphabet
 * @param merges the merges in the order in which they are applied
 */
public record BpeModel(List<String> specialTokens, List<String> tokens, List<Merge> merges) {
    public BpeModel {
        specialTokens = List.copyOf(specialTokens);
        tokens = List.copyOf(tokens);
        merges = List.copyOf(merges);
    }

    /** Two adjacent tokens that become one. */
    public record Merge(String left, String right) {
        /** The token that they become. */
        public String merged() {
            return left + right;
        }
    }

    /** Number of tokens, specials included: the number of rows of a model's embedding. */
    public int vocabSize() {
        return tokens.size();
    }
}
