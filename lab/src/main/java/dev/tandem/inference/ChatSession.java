package dev.tandem.inference;

import dev.tandem.UserException;
import dev.tandem.model.attention.KeyValueCache;
import dev.tandem.model.generation.GenerationTask;
import dev.tandem.model.generation.Sampler;
import dev.tandem.model.generation.TextModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A conversation with a model. What was said before is not computed again: its keys and values are kept as far as the new
 * prompt begins with the same tokens.
 */
public final class ChatSession implements AutoCloseable {
    private static final String WHERE = "this conversation";

    private final TextModel model;
    private final GenerationSettings settings;
    private final ChatPrompt prompt;
    private final KeyValueCache cache;
    private final SplittableRandom seeds;
    private final List<ChatMessage> said = new ArrayList<>();
    private Optional<String> system = Optional.empty();

    /** Tokens whose keys and values are kept. */
    private int[] read = new int[0];

    /**
     * A conversation without a past.
     *
     * @param model must stay open
     * @param settings how texts are made
     * @param template around what the user says, {@code {}} in its place, for models without a chat template; the turns
     *     then follow each other
     * @throws UserException if there is no template and the model has no chat template
     */
    public ChatSession(TextModel model, GenerationSettings settings, Optional<String> template) {
        this.model = model;
        this.settings = settings;
        this.prompt = new ChatPrompt(model, template);
        this.cache = model.model().newCache(1);
        this.seeds = new SplittableRandom(settings.seed());
        cache.add();
    }

    /** Forgets all turns; the system text stays. */
    public void reset() {
        said.clear();
    }

    /**
     * Sets the system text before all turns, and forgets these.
     *
     * @param text the words; blank: none
     */
    public void system(String text) {
        system = text.isBlank() ? Optional.empty() : Optional.of(text);
        reset();
    }

    /** Turns so far. */
    public int turns() {
        return said.size() / 2;
    }

    /**
     * Sends a message and returns the answer.
     *
     * @param text what the user says
     * @param pieces receives the answer piece by piece, in whole characters
     * @param cancelled asked after every token; what was generated until then stays
     * @return the whole answer
     * @throws UserException if the conversation is longer than the model can take, or its template refuses it
     */
    public Answer say(String text, Consumer<String> pieces, BooleanSupplier cancelled) {
        var messages = new ArrayList<ChatMessage>();
        system.ifPresent(s -> messages.add(new ChatMessage(ChatMessage.Role.SYSTEM, s)));
        messages.addAll(said);
        messages.add(new ChatMessage(ChatMessage.Role.USER, text));
        var asked = prompt.render(WHERE, Conversation.of(messages));
        var ids = prompt.encode(WHERE, asked);
        var capacity = model.maxPositions() - ids.length;
        if (capacity < 1) {
            throw new UserException("The conversation is " + ids.length + " tokens long, and the model was trained for "
                    + model.maxPositions() + ". /reset begins a new one.");
        }
        var result = new ArrayList<Answer>();
        var listener = new AnswerListener(
                model.tokenizer(),
                settings.stops(),
                asked.continued() ? ids : new int[0],
                asked.spaces(),
                pieces,
                cancelled,
                result::add);
        answer(ids, Math.min(capacity, settings.maxNewTokens()), listener);
        said.add(new ChatMessage(ChatMessage.Role.USER, text));
        said.add(new ChatMessage(ChatMessage.Role.ASSISTANT, result.get(0).text()));
        return result.get(0);
    }

    private void answer(int[] ids, int most, GenerationTask.Listener listener) {
        var common = 0;
        // the last token is read again: its logits are needed
        while (common < Math.min(read.length, ids.length - 1) && read[common] == ids[common]) {
            common++;
        }
        cache.truncate(0, common);
        var sampler = new Sampler(
                settings.sampling(), seeds.nextLong(), model.tokenizer().vocabSize());
        sampler.see(ids);
        read = Arrays.copyOf(ids, ids.length + most);
        var length = ids.length;
        var next = Arrays.copyOfRange(ids, common, ids.length);
        var end = GenerationTask.End.LENGTH;
        for (var made = 0; made < most; made++) {
            var token = sampler.next(model.model().next(cache, new int[] {0}, List.of(next))[0]);
            if (model.endTokens().contains(token)) {
                listener.onEndToken(token);
                end = GenerationTask.End.END_TOKEN;
                break;
            }
            if (!listener.onToken(token)) {
                end = GenerationTask.End.LISTENER;
                break;
            }
            read[length++] = token;
            next = new int[] {token};
        }
        read = Arrays.copyOf(read, cache.length(0));
        listener.onEnd(end);
    }

    @Override
    public void close() {
        cache.close();
    }
}
