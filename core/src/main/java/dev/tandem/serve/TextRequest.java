package dev.tandem.serve;

import dev.tandem.model.generation.Sampling;
import java.util.List;

/**
 * A text that is wanted.
 *
 * @param prompt token ids of the model, at least one
 * @param spaces at the end of the prompt's text that its tokens do not hold: so many are left out where the answer begins
 * @param maxNewTokens most tokens to add, at least 1
 * @param sampling how a token is chosen
 * @param stops texts that end the answer and are not part of it, none empty
 * @param seed of its draws
 * @param listener hears it come, on the engine's thread
 */
public record TextRequest(
        int[] prompt,
        int spaces,
        int maxNewTokens,
        Sampling sampling,
        List<String> stops,
        long seed,
        TextListener listener) {
    public TextRequest {
        stops = List.copyOf(stops);
    }
}
