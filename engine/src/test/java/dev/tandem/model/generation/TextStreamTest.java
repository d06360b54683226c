package dev.tandem.model.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.bpe.BpeTrainer;
import dev.tandem.data.bpe.TokenizerFiles;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A byte-level tokenizer, whose tokens often are parts of a character. */
class TextStreamTest {
    private static final List<String> PIECES = List.of(
            "the hill",
            " over",
            " ",
            "\n",
            "é",
            "e\u0301",
            "读书",
            "🤗",
            "👨\u200d👩\u200d👧",
            "User:",
            "###",
            "12",
            ".");

    @TempDir
    static Path folder;

    private static TextTokenizer tokenizer;

    @BeforeAll
    static void train() {
        var model = BpeTrainer.train(
                List.of("the hill over the hill, over and over 读", "User: hello ### there"),
                300,
                List.of("<s>", "</s>"));
        TokenizerFiles.write(
                model,
                new TokenizerFiles.Roles(
                        Optional.of("<s>"), Optional.of("</s>"), Optional.empty(), Optional.empty(), 512),
                folder);
        tokenizer = TextTokenizer.load(folder);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    private static String text(SplittableRandom random) {
        var text = new StringBuilder();
        for (var n = 1 + random.nextInt(14); n > 0; n--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }

    @Test
    void piecesAreWholeCharactersAndMakeTheWholeText() {
        var random = new SplittableRandom(1);
        for (var round = 0; round < 500; round++) {
            var text = text(random);
            var stream = new TextStream(tokenizer, List.of());
            var given = new StringBuilder();
            for (var id : tokenizer.encode(text)) {
                var piece = stream.add(id);
                assertThat(piece).doesNotContain("\uFFFD");
                given.append(piece);
                assertThat(text).startsWith(given.toString());
                // no surrogate pair is torn
                assertThat(given.isEmpty() || !Character.isHighSurrogate(given.charAt(given.length() - 1)))
                        .isTrue();
            }
            given.append(stream.end());
            assertThat(given).hasToString(text);
        }
    }

    @Test
    void endsBeforeTheFirstStopTextAndNeverShowsItsBeginning() {
        var random = new SplittableRandom(2);
        var stops = List.of("\nUser:", "###", "读书🤗");
        for (var round = 0; round < 500; round++) {
            var text = text(random);
            var end = stops.stream()
                    .mapToInt(text::indexOf)
                    .filter(i -> i >= 0)
                    .min()
                    .orElse(text.length());
            var stream = new TextStream(tokenizer, stops);
            var given = new StringBuilder();
            for (var id : tokenizer.encode(text)) {
                given.append(stream.add(id));
                assertThat(text.substring(0, end)).startsWith(given.toString());
            }
            assertThat(stream.stopped()).isEqualTo(end < text.length());
            given.append(stream.end());
            assertThat(given).hasToString(text.substring(0, end));
        }
    }

    @Test
    void bytesThatAreNoCharacterAreGivenOutAtTheEnd() {
        var ids = tokenizer.encode("a🤗");
        var stream = new TextStream(tokenizer, List.of());
        var given = new StringBuilder();
        for (var i = 0; i < ids.length - 1; i++) {
            given.append(stream.add(ids[i]));
        }
        assertThat(given).hasToString("a");
        assertThat(stream.end()).contains("\uFFFD");
    }

    @Test
    void aStopTextMayHoldASpecialToken() {
        var eos = tokenizer.eos();
        var bos = tokenizer.bos().orElseThrow();
        for (var stop : List.of("</s>", "over</s>", "</s> there", "over</s> there")) {
            var stream = new TextStream(tokenizer, List.of(stop));
            var given = new StringBuilder();
            for (var id : ids("the hill<s> over</s> there over")) {
                given.append(stream.add(id));
            }
            given.append(stream.end());
            assertThat(stream.stopped()).as(stop).isTrue();
            assertThat(given).hasToString(stop.startsWith("over") ? "the hill " : "the hill over");
        }
        var without = new TextStream(tokenizer, List.of("/s>"));
        assertThat(without.add(bos) + without.add(eos) + without.end()).isEmpty();
        assertThat(without.stopped()).isFalse();
        var ended = new TextStream(tokenizer, List.of("</s>"));
        assertThat(ended.add(ids("the")[0])).isEqualTo("the");
        assertThat(ended.addEnd(eos)).isEmpty();
        assertThat(ended.stopped()).isTrue();
        var going = new TextStream(tokenizer, List.of("###"));
        assertThat(going.addEnd(eos)).isEmpty();
        assertThat(going.stopped()).isFalse();
    }

    private static int[] ids(String text) {
        return tokenizer.encode(text);
    }

    /** A tokenizer whose decoder drops the first space; the text is what decoding everything together gives. */
    @Test
    void aContinuationKeepsItsFirstSpace() {
        try (var llama = TextTokenizer.load(Path.of("..", "testdata", "tokenizers", "llama-bytes"))) {
            var prompt = llama.encodePrompt("Once upon a time,");
            for (var text : List.of(" there was a little gir", "there", "  two", "\n", "\u00e9 \ud83e\udd17", "")) {
                var stream = new TextStream(llama, List.of(), prompt);
                var given = new StringBuilder();
                for (var id : llama.encodeContinuation(text)) {
                    given.append(stream.add(id));
                }
                given.append(stream.end());
                assertThat(given).hasToString(text);
            }
            var alone = new TextStream(llama, List.of());
            assertThat(alone.add(llama.encodeContinuation(" there")[0])).isEqualTo("there");
            var afterBos =
                    new TextStream(llama, List.of(), new int[] {llama.bos().orElseThrow()});
            assertThat(afterBos.add(llama.encodeContinuation(" there")[0])).isEqualTo("there");
        }
    }
}
