package dev.tandem.data;

import dev.tandem.UserException;
import dev.tandem.data.template.ChatTemplate;
import dev.tandem.data.template.None;
import dev.tandem.text.SafeText;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** Encoders of the row formats that hold text; {@code docs/row-formats.md} describes them. */
final class TextEncoders {
    private TextEncoders() {}

    /**
     * The encoder of an objective's rows; safe for use by several threads.
     *
     * @param columns column names: from the format's to the file's
     * @param tokenizer must stay open as long as the encoder is used
     * @param modelVocabSize rows of the model's embedding
     * @throws UserException if the tokenizer does not fit the model, the template is not one, or the format needs a chat
     *     template and the model has none
     */
    static RowEncoder of(DataRecipe recipe, Map<String, String> columns, TextTokenizer tokenizer, int modelVocabSize) {
        return of(recipe, columns, tokenizer, modelVocabSize, () -> renderer(tokenizer));
    }

    private static ConversationRenderer renderer(TextTokenizer tokenizer) {
        var template = ChatTemplate.compile(tokenizer.chatTemplate(), "of the tokenizer");
        return new TemplateRenderer(tokenizer.specialTexts(), None.NONE, variables -> {
            var rendered = template.render(variables);
            return new ConversationRenderer.Rendered(
                    rendered.text(),
                    rendered.generationSpans().stream()
                            .map(span -> new ConversationRenderer.Span(span.start(), span.end()))
                            .toList());
        });
    }

    /** The same with another way to render conversations. */
    static RowEncoder of(
            DataRecipe recipe,
            Map<String, String> columns,
            TextTokenizer tokenizer,
            int modelVocabSize,
            Supplier<ConversationRenderer> renderer) {
        var rules = new SequenceRules(tokenizer, modelVocabSize, recipe.maxLength(), recipe.overlong());
        var template = recipe.template().map(PromptTemplate::parse);
        checkColumns(recipe.format(), columns);
        var read = new RowColumns(columns);
        var texts = new PromptResponseEncoder(rules);
        var conversations = new Lazy<>(() -> new ConversationEncoder(rules, renderer.get()));
        return switch (recipe.format()) {
            case ALPACA -> new InstructionRows(read, texts, template)::alpaca;
            case SFT -> new InstructionRows(read, texts, template)::sft;
            case PREFERENCE -> new PairRows(read, texts, conversations, template)::preference;
            case CONVERSATION -> {
                refuseTemplate(recipe);
                // A missing or broken chat template is told before the first row.
                yield new ConversationRows(read, conversations.get());
            }
            case IMPLICIT_PREFERENCE -> {
                refuseTemplate(recipe);
                yield new PairRows(read, texts, conversations, template)::implicitPreference;
            }
            case TOKENS -> throw new IllegalArgumentException("rows of the tokens format hold no text");
        };
    }

    private static void checkColumns(RowFormat format, Map<String, String> columns) {
        var known = switch (format) {
            case ALPACA -> List.of("instruction", "input", "output");
            case SFT -> List.of("prompt", "response");
            case PREFERENCE -> List.of("prompt", "chosen", "rejected", "tools");
            case CONVERSATION -> List.of("messages", "tools");
            case IMPLICIT_PREFERENCE -> List.of("chosen", "rejected", "tools");
            case TOKENS -> List.<String>of();
        };
        for (var name : columns.keySet()) {
            if (!known.contains(name)) {
                throw new UserException("columns: format " + yaml(format) + " has no column '" + SafeText.line(name, 80)
                        + "'; it has " + String.join(", ", known) + ". Write its name on the left, the file's on the"
                        + " right.");
            }
        }
    }

    private static void refuseTemplate(DataRecipe recipe) {
        if (recipe.template().isPresent()) {
            throw new UserException("format " + yaml(recipe.format()) + " takes no template: its rows hold whole"
                    + " dialogues. Remove 'template'.");
        }
    }

    private static String yaml(RowFormat format) {
        return format.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
