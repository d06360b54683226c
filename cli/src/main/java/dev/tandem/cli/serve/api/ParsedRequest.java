package dev.tandem.cli.serve.api;

import dev.tandem.model.generation.Sampling;
import java.util.List;
import java.util.Optional;

/**
 * The content of a request.
 * @param prompts the prompts of its texts
 * @param copies number of answers to each prompt, each with draws of its own
 * @param sampling how a token is chosen
 * @param stops texts that end an answer
 * @param seed of the draws; absent: the server's choice
 * @param stream whether to send the text while it is generated
 * @param usage whether a stream ends with the number of tokens
 */
record ParsedRequest(
        List<Prompt> prompts,
        int copies,
        Sampling sampling,
        List<String> stops,
        Optional<Long> seed,
        boolean stream,
        boolean usage) {

    /**
     * A prompt.
     *
     * @param ids its tokens
     * @param spaces at the end of its text that its tokens do not hold
     * @param continued whether an answer continues its text
     * @param maxNewTokens most tokens to add
     */
    record Prompt(int[] ids, int spaces, boolean continued, int maxNewTokens) {}

    /** Texts in all. */
    int texts() {
        return prompts.size() * copies;
    }

    /** Tokens of all prompts. */
    int promptTokens() {
        return prompts.stream().mapToInt(p -> p.ids().length).sum();
    }
}
