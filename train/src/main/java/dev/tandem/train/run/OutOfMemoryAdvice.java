package dev.tandem.train.run;

import dev.tandem.UserException;
import dev.tandem.data.Batching;
import dev.tandem.recipe.ObjectiveRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.train.cost.MemoryEstimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Turns what libtorch and the JVM throw when memory runs out into a message that says how much each part needs and which
 * settings reduce it.
 */
final class OutOfMemoryAdvice {
    /** Messages of libtorch's CPU and CUDA allocators. */
    private static final Pattern ALLOCATOR = Pattern.compile(
            "can't allocate memory|CUDA out of memory|not enough memory|out of memory|CUDA_ERROR_OUT_OF_MEMORY",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern AMOUNT = Pattern.compile("(?i)tried to allocate ([0-9.]+ ?(?:bytes|[KMGT]i?B))");

    private OutOfMemoryAdvice() {}

    /**
     * Does some work.
     *
     * @param estimate what training will need, once it is known
     * @throws UserException if memory runs out
     */
    static <T> T explained(Recipe recipe, Supplier<Optional<MemoryEstimate>> estimate, Supplier<T> work) {
        try {
            return work.get();
        } catch (OutOfMemoryError e) {
            throw new UserException(
                    "Memory ran out: the JVM says '" + e.getMessage() + "'. Give it more with TANDEM_JAVA_OPTS=-Xmx… . "
                            + advice(recipe, estimate.get()),
                    e);
        } catch (UserException e) {
            throw e;
        } catch (RuntimeException e) {
            if (!ALLOCATOR.matcher(String.valueOf(e.getMessage())).find()) {
                throw e;
            }
            var amount = AMOUNT.matcher(e.getMessage());
            throw new UserException(
                    "Memory ran out"
                            + (amount.find() ? ": " + amount.group(1) + " more could not be allocated. " : ". ")
                            + advice(recipe, estimate.get()),
                    e);
        }
    }

    private static String advice(Recipe recipe, Optional<MemoryEstimate> estimate) {
        var remedies = "To reduce memory, in order of effect: " + String.join("; ", remedies(recipe, estimate)) + ".";
        return estimate.map(need -> "Training was estimated to need " + need + ". ")
                        .orElse("It ran out while model and data were loaded. ")
                + remedies;
    }

    /** A setting, and how many bytes the part has that it makes smaller. */
    private record Remedy(String text, long bytes) {}

    private static List<String> remedies(Recipe recipe, Optional<MemoryEstimate> estimate) {
        var need = estimate.orElse(new MemoryEstimate(0, 0, 0, 0));
        var train = recipe.train();
        var all = new ArrayList<Remedy>();
        if (recipe.lora().isEmpty()) {
            all.add(new Remedy("lora: {rank: 16} trains an adapter in place of all parameters", need.optimizer()));
        }
        if (!train.checkpointActivations()) {
            all.add(new Remedy("train.checkpoint-activations: true", need.activations()));
        }
        all.add(new Remedy(
                train.microBatchTokens().isPresent()
                        ? "a lower train.micro-batch-tokens than "
                                + train.microBatchTokens().getAsInt()
                        : "train.micro-batch-tokens: " + suggestedTokens(recipe),
                need.activations()));
        if (train.precision() == Precision.FP32) {
            all.add(new Remedy("train.precision: bf16", need.weights() + need.activations() / 2));
        }
        all.add(new Remedy(
                train.headTileTokens().isPresent()
                        ? "a lower train.head-tile-tokens than "
                                + train.headTileTokens().getAsInt()
                        : "train.head-tile-tokens: 256",
                need.head()));
        // parts of equal size keep the order above
        return all.stream()
                .sorted((a, b) -> Long.compare(b.bytes(), a.bytes()))
                .map(Remedy::text)
                .toList();
    }

    /** The tokens of one example at its longest: fewer cannot be in the model at a time. */
    private static int suggestedTokens(Recipe recipe) {
        return recipe.objectives().values().stream()
                .map(ObjectiveRecipe::data)
                .mapToInt(d -> d.batching() instanceof Batching.Tokens tokens ? tokens.tokens() / 4 : d.maxLength())
                .max()
                .orElse(512);
    }
}
