package dev.tandem.serve;

import dev.tandem.model.generation.Sampling;
import java.util.List;

/**
 * A request for a text.
 *
 * @param prompt token ids of the model, at least one
 * @param spaces number of spaces at the end of the prompt's text that its tokens do not contain; that many are left out
 *     at the beginning of the answer
 * @param continued whether the answer continues the prompt's text, so that the space between them is part of it; else it
 *     is a text of its own, such as a turn
 * @param maxNewTokens maximum number of tokens to add, at least 1
 * @param sampling how tokens are chosen
 * @param stops texts that end the answer and are not part of it, none empty
 * @param seed seed of the draws
 * @param listener receives the text as it is generated, on the engine's thread
 */
public record TextRequest(
        int[] prompt,
        int spaces,
        boolean continued,
        int maxNewTokens,
        Sampling sampling,
        List<String> stops,
        long seed,
        TextListener listener) {
    public TextRequest {
        stops = List.copyOf(stops);
    }
}
