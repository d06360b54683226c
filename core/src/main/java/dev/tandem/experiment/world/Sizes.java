package dev.tandem.experiment.world;

/**
 * The amounts of data in a {@link DemoWorld}.
 *
 * @param corpusCharacters minimum number of characters of pre-training text; the last document may exceed it
 * @param sftTrain instructions to train on
 * @param sftEval instructions held out
 * @param preferenceTrain pairs to train on
 * @param preferenceEval pairs held out
 * @param vocabSize number of the tokenizer's tokens, special tokens and the 256 bytes included
 */
public record Sizes(
        int corpusCharacters, int sftTrain, int sftEval, int preferenceTrain, int preferenceEval, int vocabSize) {

    /** @throws IllegalArgumentException if a size is negative */
    public Sizes {
        if (corpusCharacters < 0 || sftTrain < 0 || sftEval < 0 || preferenceTrain < 0 || preferenceEval < 0) {
            throw new IllegalArgumentException("sizes of a world cannot be negative");
        }
    }

    /** The demo's sizes: a megabyte of text, 2 000 instructions, 1 000 pairs, a vocabulary of 768. */
    public static Sizes defaults() {
        return new Sizes(1_000_000, 2_000, 200, 500, 100, 768);
    }
}
