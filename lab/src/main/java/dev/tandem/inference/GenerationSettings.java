package dev.tandem.inference;

import dev.tandem.UserException;
import dev.tandem.model.generation.GenerationTask;
import dev.tandem.model.generation.Sampler;
import dev.tandem.model.generation.Sampling;
import dev.tandem.model.generation.TextModel;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Settings of generated texts.
 *
 * @param maxNewTokens maximum length of an answer, tokens
 * @param sampling how tokens are chosen
 * @param stops texts that end an answer and are not part of it
 * @param seed seed of all draws; each prompt has draws of its own, independent of the prompts beside it
 * @param atOnce maximum number of texts generated simultaneously
 */
public record GenerationSettings(int maxNewTokens, Sampling sampling, List<String> stops, long seed, int atOnce) {
    /** @throws UserException if a number is out of its range or a stop text is empty */
    public GenerationSettings {
        stops = List.copyOf(stops);
        if (maxNewTokens < 1) {
            throw new UserException("max-new-tokens is " + maxNewTokens + ", but must be at least 1.");
        }
        if (atOnce < 1 || atOnce > 1024) {
            throw new UserException("batch-size is " + atOnce + ", but must be from 1 to 1024.");
        }
        if (stops.stream().anyMatch(String::isEmpty)) {
            throw new UserException("A stop text is empty, which would end every answer before it begins.");
        }
    }

    /** The seed for one of many texts, far from those of the others. */
    public static long seed(long seed, long index) {
        return new SplittableRandom(seed + 0x9E3779B97F4A7C15L * index).nextLong();
    }

    /**
     * Settings with the most probable tokens, 16 simultaneous texts and no stop texts.
     *
     * @param maxNewTokens maximum length of an answer, tokens
     * @return the settings
     * @throws UserException if {@code maxNewTokens} is below 1
     */
    public static GenerationSettings greedy(int maxNewTokens) {
        return new GenerationSettings(maxNewTokens, Sampling.GREEDY, List.of(), 42, 16);
    }

    /** The request to continue a prompt; the draws are those of the prompt's index. */
    GenerationTask continuation(TextModel model, long index, int[] prompt, GenerationTask.Listener listener) {
        var sampler = new Sampler(sampling, seed(seed, index), model.tokenizer().vocabSize());
        return new GenerationTask(prompt, maxNewTokens, model.endTokens(), sampler, listener);
    }
}
