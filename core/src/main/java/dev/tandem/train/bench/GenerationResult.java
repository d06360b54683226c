package dev.tandem.train.bench;

import java.util.List;

/**
 * How fast text is generated, and how fast this machine could do it.
 *
 * @param copyGigabytesPerSecond memory bandwidth: bytes read and written by a copy of 256 MiB on all threads, 10⁹ a second
 * @param decoding by texts at a time
 * @param prefill reading a prompt
 */
public record GenerationResult(double copyGigabytesPerSecond, List<Decoding> decoding, Prefill prefill) {

    public GenerationResult {
        decoding = List.copyOf(decoding);
    }

    /**
     * A token for each of several texts at the same time. Seconds are medians of single steps.
     *
     * @param texts at a time
     * @param tokensPerSecond of all of them together
     * @param stepSeconds of a step
     * @param memorySeconds what reading the weights and the kept keys and values once takes at the machine's bandwidth
     * @param productSeconds what linear modules, attention and output head take by themselves
     * @param ofMemory {@code memorySeconds / stepSeconds}: 1 is as fast as memory is
     * @param ofProducts {@code productSeconds / stepSeconds}: 1 is as fast as the products are
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
     * A prompt, read in one pass. Seconds are medians.
     *
     * @param tokens its length
     * @param tokensPerSecond of reading it
     * @param seconds to the logits of its next token
     * @param productSeconds the same of the prompt
     * @param ofProducts {@code productSeconds / seconds}
     */
    public record Prefill(
            int tokens, double tokensPerSecond, double seconds, double productSeconds, double ofProducts) {

        static Prefill of(int tokens, double seconds, double products) {
            return new Prefill(tokens, tokens / seconds, seconds, products, products / seconds);
        }
    }
}
