package dev.tandem.data.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.conversation.ConversationRenderer.Rendered;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RandomTexts;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.rows.Row;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Laws for any tokenizer and any text: exactly the answer and its end are trained; the tokens before it are those that
 * generation would see; BOS occurs at most once, and EOS is trained exactly once.
 */
public final class TokenizationCheck {
    private static final String TEMPLATE = "User: {}\nAssistant: ";

    private final TextTokenizer tokenizer;
    private final SplittableRandom random;
    private long tokens;

    public TokenizationCheck(TextTokenizer tokenizer, long seed) {
        this.tokenizer = tokenizer;
        this.random = new SplittableRandom(seed);
    }

    /**
     * Checks rows of random texts of all kinds.
     *
     * @return number of tokens that were checked
     */
    public long run(int rows) {
        for (var i = 0; i < rows; i++) {
            var pair = random.nextBoolean() ? splitText() : List.of(text(), text());
            var prompt = (random.nextInt(8) == 0 ? bosText() : "") + pair.get(0);
            var response = pair.get(1) + (random.nextInt(8) == 0 ? eosText() : "");
            switch (i % 4) {
                case 0 -> instruction(prompt, response, Optional.empty());
                case 1 -> instruction(prompt, response, Optional.of(TEMPLATE));
                case 2 -> instruction(prompt, response, Optional.of(bosText() + TEMPLATE));
                default -> conversation(pair.get(0), pair.get(1), random.nextBoolean());
            }
        }
        return tokens;
    }

    private String text() {
        return RandomTexts.text(random);
    }

    /** A text cut anywhere but inside a character: tokens would go across the cut. */
    private List<String> splitText() {
        var whole = text() + "hello there, unbelievably " + text();
        var cut = random.nextInt(1, whole.length());
        if (Character.isLowSurrogate(whole.charAt(cut))) {
            cut++;
        }
        return List.of(whole.substring(0, cut), whole.substring(cut));
    }

    private void instruction(String prompt, String response, Optional<String> template) {
        var rendered = template.map(t -> t.replace("{}", prompt)).orElse(prompt);
        var columns = Map.of("prompt", prompt, "response", response, "chosen", response, "rejected", "no");
        var encoded = encode(new SftFormat(), template, columns);
        var bare = withoutEnd(response);
        var kept = TextTokenizer.withoutTrailingSpaces(rendered);
        var moved = bare.startsWith(" ") || response.startsWith(" ") ? "" : rendered.substring(kept.length());
        if (!(encoded instanceof EncodedRow.Kept row)) {
            assertThat(tokenizer.encode(moved + bare).length)
                    .as("dropped: %s", columns)
                    .isLessThanOrEqualTo(1);
            return;
        }
        var sequence = row.sequences().get(0);
        check(sequence, columns.toString());
        var seen = tokenizer.encodePrompt(rendered);
        assertThat(Arrays.copyOf(sequence.ids(), seen.length))
                .as("what generation sees")
                .isEqualTo(seen);
        assertThat(IntStream.range(1, sequence.length()))
                .as("trained is what follows the prompt: %s", columns)
                .allMatch(i -> sequence.trained()[i] == (i >= Math.max(1, seen.length)));
        assertThat(plain(tokenizer.decode(seen))).isEqualTo(plain(once(kept)));
        var answer = Arrays.copyOfRange(sequence.ids(), seen.length, sequence.length());
        assertThat(plain(tokenizer.decode(answer))).as("%s", columns).isEqualTo(plain(moved + bare + eosText()));
        if (encode(new PreferenceFormat(), template, columns) instanceof EncodedRow.Kept pair) {
            assertThat(pair.sequences().get(0)).isEqualTo(sequence);
            assertThat(Arrays.copyOf(pair.sequences().get(1).ids(), seen.length))
                    .isEqualTo(seen);
        }
    }

    private void conversation(String question, String answer, boolean templateWritesBos) {
        var messages = JsonMapper.shared().createArrayNode();
        for (var turn : List.of("user", "assistant", "user", "assistant")) {
            messages.addObject().put("role", turn).put("content", turn.equals("user") ? question : answer);
        }
        var row = new Row("row", JsonMapper.shared().createObjectNode().set("messages", messages));
        var recipe = Recipes.of(new ConversationFormat(), Optional.empty(), 4096, Overlong.TRUNCATE);
        var start = templateWritesBos ? bosText() : "";
        var encoded = Recipes.encoder(recipe, tokenizer, tokenizer.vocabSize(), (m, t, p) -> rendered(start, m, p))
                .encode(row);
        if (!(encoded instanceof EncodedRow.Kept kept)) {
            // no answer at all
            assertThat(answer).as("dropped: %s", question).isEmpty();
            return;
        }
        var sequence = kept.sequences().get(0);
        checkEnds(sequence, question + answer);
        var trained = IntStream.range(0, sequence.length())
                .filter(i -> sequence.trained()[i])
                .map(i -> sequence.ids()[i])
                .toArray();
        assertThat(plain(tokenizer.decode(trained)))
                .as("%s, %s", question, answer)
                .isEqualTo(plain((answer + eosText()).repeat(2)));
        var whole = (start.isEmpty() && tokenizer.addsBos() ? bosText() : start) + "user: " + question + eosText()
                + "assistant: " + answer + eosText();
        assertThat(plain(tokenizer.decode(sequence.ids())))
                .isEqualTo(plain(whole + whole.substring(whole.indexOf("user: "))));
    }

    private Rendered rendered(String start, List<ObjectNode> messages, boolean prompt) {
        var text = new StringBuilder(start);
        messages.forEach(m -> text.append(m.get("role").stringValue())
                .append(": ")
                .append(m.get("content").stringValue())
                .append(eosText()));
        return new Rendered(text + (prompt ? "assistant: " : ""), List.of());
    }

    private void check(TokenSequence sequence, String what) {
        checkEnds(sequence, what);
        var end = sequence.length() - 1;
        assertThat(IntStream.range(0, end).filter(i -> sequence.trained()[i] && sequence.ids()[i] == tokenizer.eos()))
                .as("EOS is learnt once: %s", what)
                .isEmpty();
    }

    private void checkEnds(TokenSequence sequence, String what) {
        tokens += sequence.length();
        var ids = sequence.ids();
        assertThat(ids[ids.length - 1]).as("ends with EOS: %s", what).isEqualTo(tokenizer.eos());
        assertThat(sequence.trained()[ids.length - 1])
                .as("EOS is trained: %s", what)
                .isTrue();
        if (tokenizer.addsBos()) {
            var bos = tokenizer.bos().getAsInt();
            assertThat(ids[0]).as("begins with BOS: %s", what).isEqualTo(bos);
            assertThat(ids[1]).as("BOS occurs once: %s", what).isNotEqualTo(bos);
        }
    }

    private EncodedRow encode(RowFormat format, Optional<String> template, Map<String, String> columns) {
        JsonNode values = JsonMapper.shared().valueToTree(new LinkedHashMap<>(columns));
        var recipe = Recipes.of(format, template, 4096, Overlong.TRUNCATE);
        return recipe.encoder(Map.of(), Optional.of(tokenizer), tokenizer.vocabSize())
                .encode(new Row("row", (ObjectNode) values));
    }

    /** The text with BOS in front where the tokenizer adds it, but not twice. */
    private String once(String prompt) {
        return tokenizer.addsBos() && !prompt.startsWith(bosText()) ? bosText() + prompt : prompt;
    }

    private String withoutEnd(String response) {
        return response.endsWith(eosText())
                ? response.substring(0, response.length() - eosText().length())
                : response;
    }

    /**
     * Normalises everything that tokenizers may change: composed characters, and spaces that some put before texts or
     * after special tokens.
     */
    private String plain(String text) {
        var composed = Normalizer.normalize(text, Normalizer.Form.NFC);
        return Stream.of(bosText(), eosText())
                .filter(special -> !special.isEmpty())
                .reduce(composed, (t, special) -> t.replaceAll(Pattern.quote(special) + " +", special))
                .replaceFirst("^ +", "");
    }

    private String bosText() {
        return tokenizer.addsBos() ? tokenizer.specialTexts().getOrDefault("bos_token", "") : "";
    }

    private String eosText() {
        return tokenizer.decode(new int[] {tokenizer.eos()});
    }
}
