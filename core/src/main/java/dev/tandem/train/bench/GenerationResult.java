package dev.tandem.train.bench;

import java.util.List;

/**
 * The speed of generation, and the limits of this machine.
 *
 * @param copyGigabytesPerSecond memory bandwidth: bytes read and written by a copy of 256 MiB on all threads, 10⁹ a
 *     second
 * @param decoding results of decoding, by number of simultaneous texts
 * @param prefill results of reading a prompt
 */
public record GenerationResult(double copyGigabytesPerSecond, List<Decoding> decoding, Prefill prefill) {

    public GenerationResult {
        decoding = List.copyOf(decoding);
    }

    /**
     * One token for each of several simultaneous texts. Seconds are medians of single steps.
     *
     * @param texts number of simultaneous texts
     * @param tokensPerSecond tokens of all texts together
     * @param stepSeconds time of a step
     * @param memorySeconds time to read the weights and the cached keys and values once at the machine's bandwidth
     * @param productSeconds time of linear modules, attention and output head by themselves
     * @param ofMemory {@code memorySeconds / stepSeconds}: at 1, decoding is as fast as memory allows
     * @param ofProducts {@code productSeconds / stepSeconds}: at 1, decoding is as fast as the products allow
     */
    public record Decoding(
            int texts,
            double tokensPerSecond,
            double stepSeconds,
            double memorySeconds,
            double productSeconds,
            double ofMemory,
            double ofProducts) {

        static Decoding of(int texts, double step, double memory, double products) {
            return new Decoding(texts, texts / step, step, memory, products, memory / step, products / step);
        }
    }

    /**
     * A prompt read in one pass. Seconds are medians.
     *
     * @param tokens length of the prompt
     * @param tokensPerSecond speed of reading it
     * @param seconds time to the logits of its next token
     * @param productSeconds time of the prompt's products by themselves
     * @param ofProducts {@code productSeconds / seconds}
     */
    public record Prefill(
            int tokens, double tokensPerSecond, double seconds, double productSeconds, double ofProducts) {

        static Prefill of(int tokens, double seconds, double products) {
            return new Prefill(tokens, tokens / seconds, seconds, products, products / seconds);
        }
    }
}
