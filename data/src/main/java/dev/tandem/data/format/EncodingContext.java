package dev.tandem.data.format;

import dev.tandem.UserException;
import dev.tandem.concurrent.Lazy;
import dev.tandem.data.conversation.ConversationEncoder;
import dev.tandem.data.conversation.ConversationRenderer;
import dev.tandem.data.conversation.TemplateRenderer;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.PromptCut;
import dev.tandem.data.encoding.PromptResponseEncoder;
import dev.tandem.data.encoding.PromptResponseEncoder.Prompt;
import dev.tandem.data.encoding.PromptTemplate;
import dev.tandem.data.encoding.SequenceLimits;
import dev.tandem.data.rows.Row;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Everything that the encoder of a row format needs: the model's tokenizer, its vocabulary, its chat template, the
 * recipe's prompt template and limits. Safe for use by several threads.
 */
public final class EncodingContext {
    private final Optional<TextTokenizer> tokenizer;
    private final int vocabSize;
    private final Optional<String> template;
    private final int maxLength;
    private final Overlong overlong;
    private final Optional<Supplier<ConversationRenderer>> renderer;
    private final Optional<PromptTemplate> parsedTemplate;
    private final Lazy<PromptResponseEncoder> texts;
    private final Lazy<ConversationEncoder> conversations;

    /**
     * A context.
     *
     * @param tokenizer must stay open as long as encoders are used; may be absent for formats that hold no text
     * @param vocabSize size of the model's vocabulary in tokens: rows of its embedding
     * @param template prompt template with {@code {}} for the prompt; absent: the format's default
     * @param maxLength longest sequence, tokens
     * @param overlong what happens to a response that does not fit
     * @throws UserException if the template does not have one {@code {}}
     */
    public EncodingContext(
            Optional<TextTokenizer> tokenizer,
            int vocabSize,
            Optional<String> template,
            int maxLength,
            Overlong overlong) {
        this(tokenizer, vocabSize, template, maxLength, overlong, Optional.empty());
    }

    /** @param renderer creates the renderer of conversations; absent: the tokenizer's chat template renders them */
    EncodingContext(
            Optional<TextTokenizer> tokenizer,
            int vocabSize,
            Optional<String> template,
            int maxLength,
            Overlong overlong,
            Optional<Supplier<ConversationRenderer>> renderer) {
        this.tokenizer = tokenizer;
        this.vocabSize = vocabSize;
        this.template = template;
        this.maxLength = maxLength;
        this.overlong = overlong;
        this.renderer = renderer;
        this.parsedTemplate = template.map(PromptTemplate::parse);
        this.texts = new Lazy<>(() -> new PromptResponseEncoder(rules()));
        this.conversations = new Lazy<>(() -> new ConversationEncoder(
                rules(), renderer.orElse(() -> TemplateRenderer.of(tokenizer())).get()));
    }

    /** This context without a limit on the length of sequences. */
    EncodingContext unlimited() {
        return new EncodingContext(tokenizer, vocabSize, template, Integer.MAX_VALUE, Overlong.DROP, renderer);
    }

    private SequenceLimits rules() {
        return new SequenceLimits(tokenizer(), vocabSize, maxLength, overlong);
    }

    /**
     * The model's tokenizer.
     *
     * @throws IllegalStateException if there is none: only formats that declare that they hold text may ask
     */
    public TextTokenizer tokenizer() {
        return tokenizer.orElseThrow(() -> new IllegalStateException("text rows need a tokenizer"));
    }

    /** Size of the model's vocabulary in tokens; an id beyond it must be refused. */
    public int vocabSize() {
        return vocabSize;
    }

    /** The recipe's template with {@code {}} for the prompt; absent: the format's default. */
    public Optional<String> template() {
        return template;
    }

    /** Maximum length of a sequence in tokens. */
    public int maxLength() {
        return maxLength;
    }

    /** What happens to a response that does not fit. */
    public Overlong overlong() {
        return overlong;
    }

    /** How prompts that are too long are cut; absent unless the recipe wants it. */
    Optional<PromptCut> promptCut() {
        return Optional.of(new PromptCut(
                        maxLength,
                        tokenizer
                                .filter(TextTokenizer::addsBos)
                                .map(TextTokenizer::bos)
                                .orElse(OptionalInt.empty())))
                .filter(cut -> overlong == Overlong.TRUNCATE_PROMPT);
    }

    /** A row's prompt in the recipe's template; unchanged if there is none. */
    public Prompt prompt(String text) {
        return prompt(text, text);
    }

    /**
     * A prompt with the system's text before it: a blank line separates the two, unless the prompt begins with a line break
     * of its own.
     *
     * @param system empty if there is none
     */
    static Prompt withSystem(String system, Prompt prompt) {
        return system.isEmpty()
                ? prompt
                : new Prompt(system + (prompt.text().startsWith("\n") ? "" : "\n\n") + prompt.text(), prompt.blank());
    }

    /**
     * A row's prompt in the recipe's template.
     *
     * @param text the text that goes into the template
     * @param withoutTemplate the whole prompt, used if the recipe has no template
     */
    public Prompt prompt(String text, String withoutTemplate) {
        return new Prompt(parsedTemplate.map(t -> t.render(text)).orElse(withoutTemplate), text.isBlank());
    }

    /**
     * Checks that no template applies to a row whose prompt is a list of messages.
     *
     * @throws UserException if the recipe has one
     */
    public void refuseTemplateOfMessages(Row row) {
        if (template.isPresent()) {
            throw new UserException(row.where() + ": the prompt is a list of messages, which the model's chat template"
                    + " renders; the recipe's 'template' is for texts. Remove 'template'.");
        }
    }

    /**
     * Encodes prompts and responses.
     *
     * @throws UserException if the tokenizer does not fit the model
     */
    public PromptResponseEncoder texts() {
        return texts.get();
    }

    /**
     * Encodes conversations by the model's chat template.
     *
     * @throws UserException if the model has no chat template, it is broken, or the tokenizer does not fit the
     *     model
     */
    public ConversationEncoder conversations() {
        return conversations.get();
    }
}
