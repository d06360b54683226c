package dev.tandem.data.bpe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;

/**
 * Trains a byte-level BPE tokenizer (Sennrich et al. 2016, arXiv 1508.07909, on GPT-2's byte alphabet): starting from
 * single bytes, the most frequent pair of adjacent tokens within words repeatedly becomes a new token.
 *
 * <p>Training is deterministic: among equally frequent pairs, the one with the lower left id comes first, then the one
 * with the lower right id. The order of the texts does not matter.
 */
public final class BpeTrainer {
    /** A pair seen once is a coincidence: a token for it would be used once. */
    private static final long SMALLEST_COUNT = 2;

    private BpeTrainer() {}

    /**
     * Trains on {@code texts}.
     *
     * @param texts plain text; a special token's spelling in it is text like any other, so keep it out
     * @param vocabSize number of tokens wanted, including special tokens and the 256 bytes; there are fewer when no
     *     pair occurs twice any more
     * @param specialTokens distinct, not empty; they get the ids 0, 1, … in this order
     * @throws IllegalArgumentException if {@code vocabSize} is too small for the bytes and the special tokens, or a
     *     special token is empty, repeated or a single byte
     */
    public static BpeModel train(Iterable<String> texts, int vocabSize, List<String> specialTokens) {
        var tokens = firstTokens(vocabSize, specialTokens);
        var ids = new HashMap<String, Integer>();
        for (var id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
        var table = new PairTable(countWords(texts), ids);
        var merges = new ArrayList<BpeModel.Merge>();
        while (tokens.size() < vocabSize) {
            var best = table.mostFrequent(SMALLEST_COUNT);
            if (best.isEmpty()) {
                break;
            }
            var pair = best.get();
            var merge = new BpeModel.Merge(tokens.get(pair.left()), tokens.get(pair.right()));
            merges.add(merge);
            // Two different pairs can spell the same token ("ab"+"c", "a"+"bc"): it keeps its first id.
            var known = ids.putIfAbsent(merge.merged(), tokens.size());
            if (known == null) {
                tokens.add(merge.merged());
            }
            table.merge(pair, known == null ? tokens.size() - 1 : known);
        }
        return new BpeModel(specialTokens, tokens, merges);
    }

    private static List<String> firstTokens(int vocabSize, List<String> specialTokens) {
        var tokens = new ArrayList<>(specialTokens);
        tokens.addAll(ByteLevel.alphabet());
        if (specialTokens.contains("") || new HashSet<>(tokens).size() < tokens.size()) {
            throw new IllegalArgumentException(
                    "special tokens must be distinct, not empty and not a single byte: " + specialTokens);
        }
        if (vocabSize < tokens.size()) {
            throw new IllegalArgumentException("a vocabulary of " + vocabSize + " tokens is too small for the "
                    + tokens.size() + " tokens that it begins with (256 bytes and the special tokens)");
        }
        return tokens;
    }

    private static HashMap<String, Long> countWords(Iterable<String> texts) {
        var counts = new HashMap<String, Long>();
        for (var text : texts) {
            for (var word : ByteLevel.words(text)) {
                counts.merge(word, 1L, Long::sum);
            }
        }
        return counts;
    }
}
