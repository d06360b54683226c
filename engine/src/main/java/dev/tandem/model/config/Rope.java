package dev.tandem.model.config;

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
     * Inverse frequencies {@code [dimensions / 2]}, in float32 arithmetic as Hugging Face computes them.
     */
    public float[] inverseFrequencies() {
        var result = new float[dimensions / 2];
        for (var i = 0; i < result.length; i++) {
            var exponent = (float) (2 * i) / dimensions;
            result[i] = scaled(1.0f / (float) Math.pow(theta, exponent));
        }
        return result;
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
