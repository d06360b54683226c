package dev.tandem.model.generation;

import dev.tandem.UserException;

/**
 * How the next token is chosen, in this order (as Hugging Face's {@code GenerationMixin} does): repetition penalty,
 * temperature, top-k, top-p, min-p, then a draw.
 *
 * @param temperature logits are divided by it; 0: the most probable token, no draw
 * @param topK tokens are drawn from only this many of the most probable ones; 0: all
 * @param topP only the fewest most probable tokens that hold this much probability; 1: all; 0: only the most probable
 *     one
 * @param minP only tokens with at least this fraction of the most probable one's probability; 0: all
 * @param repetitionPenalty positive logits of tokens that occurred are divided by it, negative ones multiplied (Keskar et
 *     al., 2019, arXiv 1909.05858); 1: none
 */
public record Sampling(double temperature, int topK, double topP, double minP, double repetitionPenalty) {
    /** Always the most probable token. */
    public static final Sampling GREEDY = new Sampling(0.0, 0, 1.0, 0.0, 1.0);

    /** @throws UserException if a number is out of its range */
    public Sampling {
        require(temperature >= 0.0 && temperature <= 100.0, "temperature", temperature, "from 0 to 100");
        require(topK >= 0, "top-k", topK, "0 (all tokens) or more");
        require(topP >= 0.0 && topP <= 1.0, "top-p", topP, "from 0 to 1");
        require(minP >= 0.0 && minP <= 1.0, "min-p", minP, "from 0 to 1");
        require(
                repetitionPenalty > 0.0 && repetitionPenalty <= 100.0,
                "repetition-penalty",
                repetitionPenalty,
                "above 0, at most 100");
    }

    private static void require(boolean holds, String name, Number value, String expected) {
        if (!holds) {
            throw new UserException(name + " is " + value + ", but must be " + expected + ".");
        }
    }

    /** Whether the most probable token is always taken. */
    public boolean greedy() {
        return temperature == 0.0;
    }
}
