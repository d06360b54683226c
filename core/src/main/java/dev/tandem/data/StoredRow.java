package dev.tandem.data;

import java.util.AbstractList;

/** The sequences of a row on the disk, read each time they are asked for; their lengths are known without. */
final class StoredRow extends AbstractList<TokenSequence> implements StoredSequences {
    private final StoredTokens tokens;
    private final int row;

    StoredRow(StoredTokens tokens, int row) {
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
