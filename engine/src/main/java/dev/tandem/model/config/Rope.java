package dev.tandem.model.config;

import java.util.OptionalInt;

/**
 * Rotary position embedding: which dimensions of a head rotate, and how fast.
 *
 * @param theta base of the frequencies
 * @param dimensions rotated dimensions of a head (the first ones); even
 * @param scaling how frequencies are scaled for contexts longer than those of pre-training
 */
public record Rope(double theta, int dimensions, Scaling scaling) {

    /** Frequency scaling ({@code transformers.modeling_rope_utils}). */
    public sealed interface Scaling {}

    /** No scaling ({@code rope_type: default}). */
    public record None() implements Scaling {}

    /** All frequencies divided by {@code factor} ({@code rope_type: linear}). */
    public record Linear(double factor) implements Scaling {}

    /**
     * Llama 3.1's rule ({@code rope_type: llama3}): low frequencies are divided by {@code factor}, high ones kept, those
     * between blended.
     */
    public record Llama3(double factor, double lowFreqFactor, double highFreqFactor, int originalMaxPositions)
            implements Scaling {}

    /**
     * Frequencies that depend on the length of a text longer than {@code maxPositions} ({@code rope_type: dynamic}). Up to
     * that length there is no scaling, and longer texts are not supported.
     */
    public record Dynamic(double factor, int maxPositions) implements Scaling {}

    /**
     * YaRN (Peng et al., 2023, arXiv 2309.00071; {@code rope_type: yarn}): dimensions that turn more than {@code betaFast}
     * times within the original context are kept, those that turn less than {@code betaSlow} times are divided by {@code
     * factor}, those between are blended.
     *
     * @param attentionFactor factor of cosines and sines
     * @param truncate whether the blended range is widened to whole dimensions
     */
    public record Yarn(
            double factor,
            double attentionFactor,
            double betaFast,
            double betaSlow,
            int originalMaxPositions,
            boolean truncate)
            implements Scaling {}

    /** Factor of cosines and sines; 1 for most types. */
    public float attentionFactor() {
        return scaling instanceof Yarn yarn ? (float) yarn.attentionFactor() : 1;
    }

    /** The longest text, tokens, for which the frequencies hold; absent: any. */
    public OptionalInt longest() {
        return scaling instanceof Dynamic dynamic ? OptionalInt.of(dynamic.maxPositions()) : OptionalInt.empty();
    }

    /**
     * Inverse frequencies {@code [dimensions / 2]}, in float32 arithmetic as Hugging Face computes them.
     */
    public float[] inverseFrequencies() {
        var result = new float[dimensions / 2];
        for (var i = 0; i < result.length; i++) {
            var exponent = (float) (2 * i) / dimensions;
            var rate = (float) Math.pow(theta, exponent);
            result[i] = scaling instanceof Yarn yarn ? blended(i, rate, yarn) : scaled(1.0f / rate);
        }
        return result;
    }

    private float blended(int pair, float rate, Yarn yarn) {
        var low = turning(yarn.betaFast(), yarn);
        var high = turning(yarn.betaSlow(), yarn);
        var from = Math.max(yarn.truncate() ? Math.floor(low) : low, 0);
        var to = Math.min(yarn.truncate() ? Math.ceil(high) : high, dimensions - 1);
        // a range of no width would be a division by zero
        var width = (float) (to == from ? 0.001 : to - from);
        var kept = 1 - Math.min(Math.max((pair - (float) from) / width, 0), 1);
        var divided = 1.0f / ((float) yarn.factor() * rate);
        return divided * (1 - kept) + 1.0f / rate * kept;
    }

    /** The dimension that turns this many times within the original context. */
    private double turning(double times, Yarn yarn) {
        return dimensions * Math.log(yarn.originalMaxPositions() / (times * 2 * Math.PI)) / (2 * Math.log(theta));
    }

    private float scaled(float frequency) {
        if (scaling instanceof Linear linear) {
            return (float) (frequency / linear.factor());
        }
        if (scaling instanceof Llama3 llama3) {
            return scaled(frequency, llama3);
        }
        return frequency;
    }

    private static float scaled(float frequency, Llama3 rule) {
        var wavelength = 2 * Math.PI / frequency;
        var longest = rule.originalMaxPositions() / rule.lowFreqFactor();
        var shortest = rule.originalMaxPositions() / rule.highFreqFactor();
        if (wavelength > longest) {
            return (float) (frequency / rule.factor());
        }
        if (wavelength < shortest) {
            return frequency;
        }
        var smooth = (rule.originalMaxPositions() / wavelength - rule.lowFreqFactor())
                / (rule.highFreqFactor() - rule.lowFreqFactor());
        return (float) ((1 - smooth) * frequency / rule.factor() + smooth * frequency);
    }
}
