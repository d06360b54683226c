package dev.tandem.data.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.tandem.UserException;
import dev.tandem.text.SafeText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A model's own tokenizer: the Hugging Face tokenizers library on the {@code tokenizer.json} of a model's folder, so
 * that ids are those that the model was trained on.
 *
 * <p>The text of a special token is recognised as that token wherever it occurs, in a user's text too, as Hugging Face
 * tokenizers do. No special token is added unless a method says so.
 *
 * <p>Safe for use by several threads. It owns native memory: {@link #close()} it, after which it cannot be used.
 */
public final class TextTokenizer implements AutoCloseable {
    private static final Map<String, String> OPTIONS =
            Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false");
    private static final String PROBE = "a";

    private final Path folder;
    private final HuggingFaceTokenizer start;
    /**
     * The encoder without the rule that puts a space before a text; the same object as {@code start} if there is no
     * such rule.
     */
    private final HuggingFaceTokenizer continuation;

    private final Map<Integer, AddedToken> boundaries;
    private final Optional<AddedToken.Finder> finder;

    private final int vocabSize;
    private final Set<Integer> specialIds;
    private final Set<String> specialTokenTexts;
    private final OptionalInt bos;
    private final boolean addsBos;
    private final int eos;
    private final Set<Integer> endTokens;
    private final OptionalInt pad;
    private final Map<String, String> specialTexts;
    private final Optional<String> chatTemplate;

    private TextTokenizer(
            Path folder,
            TokenizerJson json,
            SpecialTokens special,
            HuggingFaceTokenizer start,
            HuggingFaceTokenizer continuation) {
        this.folder = folder;
        this.start = start;
        this.continuation = continuation;
        this.boundaries = json.boundaries();
        this.finder = boundaries.isEmpty() ? Optional.empty() : Optional.of(AddedToken.Finder.of(boundaries.values()));
        this.vocabSize = json.vocabSize();
        this.specialIds = json.specialIds();
        this.specialTokenTexts = json.specialTexts();
        var ruled = bosOfPostProcessor(json.file());
        this.bos = ruled.isPresent() ? ruled : special.id("bos");
        this.addsBos = special.addBosToken().orElse(ruled.isPresent()) && bos.isPresent();
        this.eos = special.id("eos")
                .orElseThrow(() -> new UserException(
                        folder + " names no end-of-sequence token: eos_token in tokenizer_config.json or"
                                + " special_tokens_map.json, or eos_token_id in generation_config.json or config.json"
                                + " was expected. Add eos_token to tokenizer_config.json."));
        this.endTokens = special.endTokens(eos);
        this.pad = special.id("pad");
        this.specialTexts = special.texts();
        this.chatTemplate = special.chatTemplate();
    }

    /**
     * Loads the tokenizer of a model.
     *
     * @param modelDirectory folder with {@code tokenizer.json} and the configuration files around it
     * @throws UserException if {@code tokenizer.json} is absent, broken or not a BPE tokenizer, or no file names an
     *     end-of-sequence token
     */
    public static TextTokenizer load(Path modelDirectory) {
        var json = TokenizerJson.read(modelDirectory.resolve("tokenizer.json"));
        var special = new SpecialTokens(modelDirectory, json);
        var start = open(json.file(), json.root().toString());
        var continuation = start;
        try {
            var changed = json.withoutLeadingSpace();
            if (changed.isPresent()) {
                continuation = open(json.file(), changed.get().toString());
            }
            return new TextTokenizer(modelDirectory, json, special, start, continuation);
        } catch (RuntimeException e) {
            start.close();
            continuation.close();
            throw e;
        }
    }

    private static HuggingFaceTokenizer open(Path file, String json) {
        // The library for this machine is on the class path. Without these, DJL looks for a CUDA build online.
        setUnlessSet("ai.djl.offline", "true");
        setUnlessSet("RUST_FLAVOR", "cpu");
        try (var stream = new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))) {
            return HuggingFaceTokenizer.newInstance(stream, OPTIONS);
        } catch (IOException | RuntimeException e) {
            throw new UserException(
                    file + " is not a tokenizer the Hugging Face tokenizers library can read: "
                            + SafeText.line(String.valueOf(e.getMessage()), 80)
                            + ". Copy the file again from where the model was published.",
                    e);
        }
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** The token that the tokenizer's own rules put before a text. */
    private OptionalInt bosOfPostProcessor(Path file) {
        var without = start.encode(PROBE, false, false).getIds();
        var with = start.encode(PROBE, true, false).getIds();
        for (var prefix = 0; prefix + without.length <= with.length; prefix++) {
            if (Arrays.equals(with, prefix, prefix + without.length, without, 0, without.length)) {
                if (prefix > 1) {
                    throw new UserException(file + ": the post_processor begins every text with " + prefix
                            + " tokens; one (BOS) or none is supported.");
                }
                if (prefix == 1 && (with[0] < 0 || with[0] >= vocabSize)) {
                    throw new UserException(file + ": the post_processor begins every text with the token " + with[0]
                            + ", which is not in the vocabulary.");
                }
                return prefix == 0 ? OptionalInt.empty() : OptionalInt.of((int) with[0]);
            }
        }
        return OptionalInt.empty();
    }

    /**
     * Ids of a text at the beginning of a sequence; no special tokens are added.
     *
     * @throws IllegalArgumentException if the text has a lone surrogate
     */
    public int[] encode(String text) {
        return encode(start, text);
    }

    /**
     * Ids of a text that follows other text. Works as {@link #encode}, but without the space that SentencePiece-style
     * tokenizers (Llama 2, Mistral) put before a text. Appended to the ids of the preceding text, the result decodes to
     * both texts joined. After a special token inside the text such tokenizers put a space again.
     *
     * @throws IllegalArgumentException if the text has a lone surrogate
     */
    public int[] encodeContinuation(String text) {
        var cut = continuation == start
                ? OptionalInt.empty()
                : finder.map(f -> f.first(text)).orElse(OptionalInt.empty());
        if (cut.isEmpty()) {
            return encode(continuation, text);
        }
        return joined(
                encode(continuation, text.substring(0, cut.getAsInt())), encode(start, text.substring(cut.getAsInt())));
    }

    /**
     * Ids of a text that follows other text, so that both together are the ids of one pass over the joined text, unless a
     * token would span both. After a special token, a tokenizer may begin a text as it begins one at the front.
     *
     * @param before ids of the preceding text; none: the text is at the front
     * @throws IllegalArgumentException if the text has a lone surrogate
     */
    public int[] encodeFollowing(int[] before, String text) {
        if (before.length == 0) {
            return encode(text);
        }
        var boundary = Optional.ofNullable(boundaries.get(before[before.length - 1]));
        if (continuation == start || boundary.isEmpty() || text.isEmpty()) {
            return encodeContinuation(text);
        }
        var ids = encode(start, boundary.get().content() + text);
        return ids[0] == before[before.length - 1] ? Arrays.copyOfRange(ids, 1, ids.length) : encodeContinuation(text);
    }

    /**
     * Ids of a prompt as the model sees it before it answers: BOS once at the front if the tokenizer's own rules add
     * it, then the text without trailing spaces. (Those belong to the front of the answer: BPE joins a space to the
     * word after it.)
     *
     * @throws IllegalArgumentException if the text has a lone surrogate
     */
    public int[] encodePrompt(String text) {
        return withBos(encode(withoutTrailingSpaces(text)));
    }

    /** {@code ids} with BOS at the front if the tokenizer's own rules add it and it is not there already. */
    public int[] withBos(int[] ids) {
        if (!addsBos || (ids.length > 0 && ids[0] == bos.getAsInt())) {
            return ids;
        }
        return joined(new int[] {bos.getAsInt()}, ids);
    }

    private static int[] joined(int[] first, int[] second) {
        return IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
    }

    /**
     * The text of {@code ids}, special tokens written out.
     *
     * @throws IllegalArgumentException if an id is negative or not in the vocabulary
     */
    public String decode(int[] ids) {
        return decode(ids, false);
    }

    /**
     * The text of {@code ids} for a person to read, special tokens left out.
     *
     * @throws IllegalArgumentException if an id is negative or not in the vocabulary
     */
    public String decodeWithoutSpecialTokens(int[] ids) {
        return decode(ids, true);
    }

    private String decode(int[] ids, boolean skipSpecialTokens) {
        for (var id : ids) {
            if (id < 0 || id >= vocabSize) {
                throw new IllegalArgumentException("id " + id + " is not in the vocabulary of " + vocabSize);
            }
        }
        return start.decode(IntStream.of(ids).asLongStream().toArray(), skipSpecialTokens);
    }

    /**
     * Whether BOS is put at the front of every sequence: {@code add_bos_token} of {@code tokenizer_config.json} if
     * present, else what the post-processor of {@code tokenizer.json} does.
     */
    public boolean addsBos() {
        return addsBos;
    }

    /** The beginning-of-sequence token, whether or not it is added. */
    public OptionalInt bos() {
        return bos;
    }

    /** The end-of-sequence token, which ends a response. */
    public int eos() {
        return eos;
    }

    /** All tokens that end a generation, {@link #eos()} first. */
    public Set<Integer> endTokens() {
        return endTokens;
    }

    /** The padding token, if there is one. */
    public OptionalInt pad() {
        return pad;
    }

    /** One more than the largest id. May be larger or smaller than the model's vocabulary. */
    public int vocabSize() {
        return vocabSize;
    }

    /** Whether {@code id} is a special token, such as the end of a turn. */
    public boolean isSpecial(int id) {
        return specialIds.contains(id);
    }

    /** The texts of all special tokens. */
    public Set<String> specialTokenTexts() {
        return specialTokenTexts;
    }

    /** Texts of the special tokens by the names chat templates use: {@code bos_token}, {@code eos_token}, … */
    public Map<String, String> specialTexts() {
        return specialTexts;
    }

    /**
     * The Jinja source of the model's chat template.
     *
     * @throws UserException if the model has none
     */
    public String chatTemplate() {
        return chatTemplate.orElseThrow(() -> new UserException(folder
                + " has no chat template: chat_template.jinja, or chat_template in tokenizer_config.json was expected"
                + " to render conversations. Put the template of the model's instruct version there, or use a format"
                + " without messages (sft, preference)."));
    }

    /** Frees the native memory. */
    @Override
    public void close() {
        start.close();
        continuation.close();
    }

    public static String withoutTrailingSpaces(String text) {
        var end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return text.substring(0, end);
    }

    /** Whether {@code text} has no lone surrogate, that is, can be written as UTF-8. */
    public static boolean isUnicode(String text) {
        return text.codePoints()
                .noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }

    private static int[] encode(HuggingFaceTokenizer tokenizer, String text) {
        if (!isUnicode(text)) {
            throw new IllegalArgumentException("text with a lone surrogate: " + SafeText.line(text, 80));
        }
        return Arrays.stream(tokenizer.encode(text, false, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }
}
