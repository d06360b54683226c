package dev.tandem.data.example;

import java.util.AbstractList;
import java.util.Arrays;

/**
 * Some of the sequences of an example.
 *
 * @see Example#only
 */
final class SelectedSequences extends AbstractList<TokenSequence> implements StoredSequences {
    private final StoredSequences all;
    private final int[] selected;

    /** @param selected indices among all */
    SelectedSequences(StoredSequences all, int... selected) {
        this.all = all;
        this.selected = selected;
    }

    @Override
    public int size() {
        return selected.length;
    }

    @Override
    public TokenSequence get(int sequence) {
        return all.get(selected[sequence]);
    }

    @Override
    public int[] lengths() {
        var lengths = all.lengths();
        return Arrays.stream(selected).map(s -> lengths[s]).toArray();
    }

    @Override
    public int trainedTokens() {
        return stream().mapToInt(TokenSequence::trainedTokens).sum();
    }

    @Override
    public long hash() {
        return SequenceHash.of(this);
    }
}
