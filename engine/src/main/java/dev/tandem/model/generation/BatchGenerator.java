package dev.tandem.model.generation;

import dev.tandem.model.CausalLm;
import dev.tandem.model.attention.KeyValueCache;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Continues many texts simultaneously: every pass of the model adds a token to each. When a text ends, a waiting text
 * takes its slot immediately (continuous batching; Yu et al., <i>Orca</i>, OSDI 2022). The other texts of a batch do
 * not change a text's tokens beyond the last bits of logits.
 *
 * <p>Not thread-safe. Does not own the model.
 */
public final class BatchGenerator implements AutoCloseable {
    /** Maximum number of prompt tokens read in one pass: bounds the memory of a long prompt. */
    private static final int PROMPT_CHUNK = 2048;

    /**
     * Minimum number of tokens to allocate memory for. It doubles from here, so that it is not moved for every text.
     */
    private static final int MIN_CAPACITY = 64;

    private final CausalLm model;
    private final KeyValueCache cache;
    private final long budget;
    private final Deque<GenerationTask> waiting = new ArrayDeque<>();

    /** Active texts in the order of their numbers in the cache. */
    private final List<Text> active = new ArrayList<>();

    /** An active text. */
    private static final class Text {
        private final GenerationTask request;
        private int last;
        private int count;

        Text(GenerationTask request) {
            this.request = request;
        }
    }

    /**
     * @param model must stay open
     * @param slots maximum number of active texts
     */
    public BatchGenerator(CausalLm model, int slots) {
        this(model, slots, Long.MAX_VALUE);
    }

    /**
     * A generator of bounded memory. Each active text has capacity for as many tokens as the longest text can reach,
     * prompt included, and the sum of these capacities is at most the budget. A text that would exceed it waits.
     *
     * @param slots maximum number of active texts
     * @param budget capacity in tokens, at least the maximum length of a text; {@code Long.MAX_VALUE}: no bound, memory
     *     grows with the texts
     */
    public BatchGenerator(CausalLm model, int slots, long budget) {
        this.model = model;
        this.cache = model.newCache(slots);
        this.budget = budget;
        if ((long) slots * MIN_CAPACITY > budget) {
            var tokens = (int) Math.min(MIN_CAPACITY, budget);
            cache.reserve((int) (budget / tokens), tokens);
        }
    }

    /**
     * Continues prompts with the most probable tokens, all simultaneously.
     *
     * @param prompts token ids, at least one each
     * @param maxNewTokens maximum number of tokens to add to each
     * @param endTokens tokens that end a text and are not part of it
     * @param vocabulary only tokens below this are chosen
     * @return the new tokens of each
     */
    public static List<int[]> greedy(
            CausalLm model, List<int[]> prompts, int maxNewTokens, Set<Integer> endTokens, int vocabulary) {
        var texts = prompts.stream().map(prompt -> new Collected()).toList();
        try (var generator = new BatchGenerator(model, Math.max(1, prompts.size()))) {
            for (var i = 0; i < prompts.size(); i++) {
                var sampler = new Sampler(Sampling.GREEDY, 0, vocabulary);
                generator.add(new GenerationTask(prompts.get(i), maxNewTokens, endTokens, sampler, texts.get(i)));
            }
            generator.run();
        }
        return texts.stream().map(Collected::tokens).toList();
    }

    /** The tokens of a text, regardless of how it ends. */
    private static final class Collected implements GenerationTask.Listener {
        private final List<Integer> heard = new ArrayList<>();

        int[] tokens() {
            return heard.stream().mapToInt(Integer::intValue).toArray();
        }

        @Override
        public boolean onToken(int token) {
            return heard.add(token);
        }

        @Override
        public void onEnd(GenerationTask.End end) {
            // only the tokens are needed
        }
    }

    /**
     * Adds a text, which begins as soon as there is capacity.
     *
     * @param request the text to continue, and its listener
     * @throws IllegalArgumentException if the text can never fit
     */
    public void add(GenerationTask request) {
        if (!fits(1, request.mostTokens())) {
            throw new IllegalArgumentException(
                    "a text of up to " + request.mostTokens() + " tokens exceeds the capacity of " + budget);
        }
        waiting.add(request);
    }

    /** Whether a text would begin with the next step if it were added now. */
    public boolean hasCapacity(GenerationTask next) {
        var others = Stream.concat(active.stream().map(text -> text.request), waiting.stream())
                .toList();
        return others.size() < cache.slots() && fits(others.size() + 1L, longest(others.stream(), next));
    }

    private boolean fits(long count, int longest) {
        return budget == Long.MAX_VALUE || count * longest <= budget;
    }

    private boolean canBegin(GenerationTask next) {
        return active.size() < cache.slots() && fits(active.size() + 1L, longest(next));
    }

    /** Maximum length in tokens of any text, with one more text beside the active ones. */
    private int longest(GenerationTask next) {
        return longest(active.stream().map(text -> text.request), next);
    }

    private static int longest(Stream<GenerationTask> others, GenerationTask next) {
        return Stream.concat(others, Stream.of(next))
                .mapToInt(GenerationTask::mostTokens)
                .max()
                .orElseThrow();
    }

    /** Number of texts that wait for capacity. */
    public int waiting() {
        return waiting.size();
    }

    /** Number of active texts. */
    public int active() {
        return active.size();
    }

    /** Continues all texts to their ends. */
    public void run() {
        while (step()) {
            // every listener has received its token
        }
    }

    /**
     * Begins the texts that there is capacity for, then adds a token to each active text.
     *
     * @return whether there is more to do
     */
    public boolean step() {
        if (!active.isEmpty()) {
            var numbers = IntStream.range(0, active.size()).toArray();
            var logits = model.next(
                    cache,
                    numbers,
                    active.stream().map(text -> new int[] {text.last}).toList());
            // from the last: removing one moves the last into its place
            for (var i = active.size() - 1; i >= 0; i--) {
                take(i, logits[i]);
            }
        }
        while (!waiting.isEmpty() && canBegin(waiting.element())) {
            begin(waiting.remove());
        }
        return !active.isEmpty();
    }

    private static long doubled(int longest) {
        long result = MIN_CAPACITY;
        while (result < longest) {
            result *= 2;
        }
        return result;
    }

    /**
     * Maximum number of tokens that a generator of bounded memory has capacity for.
     *
     * @param longest maximum number of tokens of a text, prompt included
     */
    public static long mostTokens(int slots, long budget, int longest) {
        return Math.min(budget, slots * doubled(longest));
    }

    /** Memory for a text is reserved when it begins, so that the text is never stopped midway for lack of memory. */
    private void makeRoom(GenerationTask next) {
        var count = active.size() + 1;
        var longest = longest(next);
        if (budget == Long.MAX_VALUE || cache.holds(count, longest)) {
            return;
        }
        var tokens = (int) Math.min(doubled(longest), budget / count);
        cache.reserve((int) Math.min(cache.slots(), budget / tokens), tokens);
    }

    private void begin(GenerationTask request) {
        makeRoom(request);
        var number = cache.add();
        active.add(new Text(request));
        request.sampler().see(request.prompt());
        var logits = new float[0][];
        for (var from = 0; from < request.prompt().length; from += PROMPT_CHUNK) {
            var chunk =
                    Arrays.copyOfRange(request.prompt(), from, Math.min(request.prompt().length, from + PROMPT_CHUNK));
            logits = model.next(cache, new int[] {number}, List.of(chunk));
        }
        take(number, logits[0]);
    }

    private void take(int number, float[] logits) {
        var text = active.get(number);
        var request = text.request;
        text.last = request.sampler().next(logits);
        if (request.endTokens().contains(text.last)) {
            request.listener().onEndToken(text.last);
            end(number, GenerationTask.End.END_TOKEN);
        } else if (!request.listener().onToken(text.last)) {
            end(number, GenerationTask.End.LISTENER);
        } else if (++text.count == request.maxNewTokens()) {
            end(number, GenerationTask.End.LENGTH);
        }
    }

    private void end(int number, GenerationTask.End why) {
        var request = active.get(number).request;
        cache.remove(number);
        var last = active.remove(active.size() - 1);
        if (number < active.size()) {
            active.set(number, last);
        }
        request.listener().onEnd(why);
    }

    /** Current memory of keys and values, bytes. */
    public long bytes() {
        return cache.bytes();
    }

    @Override
    public void close() {
        cache.close();
    }
}
