package dev.tandem.data.cache;

import dev.tandem.data.example.StoredSequences;
import dev.tandem.data.example.TokenSequence;
import java.util.AbstractList;

/** The sequences of a row on disk. They are read on each access; their lengths are known without reading. */
final class CachedRow extends AbstractList<TokenSequence> implements StoredSequences {
    private final CachedTokens tokens;
    private final int row;

    CachedRow(CachedTokens tokens, int row) {
        this.tokens = tokens;
        this.row = row;
    }

    @Override
    public int size() {
        return tokens.index().end(row) - tokens.index().start(row);
    }

    @Override
    public TokenSequence get(int sequence) {
        return tokens.sequence(tokens.index().start(row) + java.util.Objects.checkIndex(sequence, size()));
    }

    @Override
    public int[] lengths() {
        return tokens.index().lengths(row);
    }

    @Override
    public int trainedTokens() {
        return tokens.index().trainedTokens(row);
    }

    @Override
    public long hash() {
        return tokens.index().hash(row);
    }
}
