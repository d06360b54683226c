package dev.tandem.data.bpe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class BpeTrainerTest {
    private static final List<String> SPECIALS = List.of("<|endoftext|>", "<|padding|>");
    private static final TokenizerFiles.Roles ROLES = new TokenizerFiles.Roles(
            Optional.of("<|endoftext|>"),
            Optional.of("<|endoftext|>"),
            Optional.of("<|padding|>"),
            Optional.of("{{ messages[0]['content'] }}"),
            128);

    @TempDir
    Path folder;

    @Test
    void mergesTheMostFrequentPairAndBreaksTiesByTheLowerIds() {
        // Pairs: (b,c) five times, (a,b) three, (x,y) and (y,z) two each.
        var model = BpeTrainer.train(List.of("abc", "abc", "abc", "bc", "bc", "xyz", "xyz"), 260, List.of());

        assertThat(model.merges())
                .containsExactly(
                        new BpeModel.Merge("b", "c"),
                        new BpeModel.Merge("a", "bc"),
                        new BpeModel.Merge("x", "y"),
                        new BpeModel.Merge("xy", "z"));
        assertThat(model.tokens().subList(256, 260)).containsExactly("bc", "abc", "xy", "xyz");
    }

    @Test
    void countsOverlappingPairsAsTheWordStands() {
        // "aaaa" contains (a,a) three times but gives two merged tokens, whose pair then occurs once per word.
        var model = BpeTrainer.train(List.of("aaaa", "aaaa"), 300, List.of());

        assertThat(model.merges()).containsExactly(new BpeModel.Merge("a", "a"), new BpeModel.Merge("aa", "aa"));
    }

    @Test
    void stopsEarlyWhenNoPairOccursTwice() {
        assertThat(BpeTrainer.train(List.of("abc"), 300, SPECIALS).vocabSize()).isEqualTo(258);
        assertThat(BpeTrainer.train(List.of(), 300, SPECIALS).merges()).isEmpty();
    }

    @Test
    void agreesWithARecountOfEveryPairAtEveryMerge() {
        var random = new SplittableRandom(11);
        for (var round = 0; round < 20; round++) {
            var texts = new ArrayList<String>();
            for (var i = 0; i < 60; i++) {
                texts.add(randomLetters(random, 1 + random.nextInt(12), 2 + random.nextInt(3)));
            }
            var model = BpeTrainer.train(texts, 256 + 40, List.of());
            assertThat(model.merges()).isEqualTo(trainByRecounting(texts, 256 + 40));
        }
    }

    @Test
    void isIndependentOfTheOrderOfTheTexts() {
        var texts = new ArrayList<>(sampleTexts());
        var expected = BpeTrainer.train(texts, 400, SPECIALS);
        Collections.shuffle(texts, new Random(5));
        assertThat(BpeTrainer.train(texts, 400, SPECIALS)).isEqualTo(expected);
    }

    @Test
    void writesATokenizerThatHuggingFaceReadsAndThatRoundTripsAllOfUnicode() throws IOException {
        var model = BpeTrainer.train(sampleTexts(), 500, SPECIALS);
        try (var tokenizer = load(model)) {
            for (var text : awkwardTexts()) {
                var ids = tokenizer.encode(text, false, false).getIds();
                assertThat(tokenizer.decode(ids, false)).isEqualTo(text);
            }
        }
    }

    @Test
    void itsIdsAreThoseOfApplyingTheMergesOneByOne() throws IOException {
        var model = BpeTrainer.train(sampleTexts(), 500, SPECIALS);
        var texts = new ArrayList<>(awkwardTexts());
        texts.addAll(sampleTexts());
        try (var tokenizer = load(model)) {
            for (var text : texts) {
                assertThat(tokenizer.encode(text, false, false).getIds())
                        .as(text)
                        .isEqualTo(applyMerges(model, text));
            }
        }
    }

    @Test
    void specialTokensAreSingleIdsAndNothingIsAdded() throws IOException {
        var model = BpeTrainer.train(sampleTexts(), 500, SPECIALS);
        try (var tokenizer = load(model)) {
            assertThat(tokenizer.encode("<|endoftext|>").getIds()).containsExactly(0);
            assertThat(tokenizer.encode("<|padding|>").getIds()).containsExactly(1);
            assertThat(tokenizer.encode("fox<|endoftext|> fox", true, false).getIds())
                    .isEqualTo(concat(applyMerges(model, "fox"), new long[] {0}, applyMerges(model, " fox")));
        }
    }

    @Test
    void namesTheRolesOfTheSpecialTokens() throws IOException {
        TokenizerFiles.write(BpeTrainer.train(List.of(), 258, SPECIALS), ROLES, folder);
        var json = new JsonMapper();
        var config = json.readTree(Files.readString(folder.resolve("tokenizer_config.json")));
        assertThat(config.get("eos_token").asString()).isEqualTo("<|endoftext|>");
        assertThat(config.get("pad_token").asString()).isEqualTo("<|padding|>");
        assertThat(config.get("model_max_length").asInt()).isEqualTo(128);
        assertThat(config.get("chat_template").asString()).isEqualTo("{{ messages[0]['content'] }}");
        var map = json.readTree(Files.readString(folder.resolve("special_tokens_map.json")));
        assertThat(map.get("bos_token").asString()).isEqualTo("<|endoftext|>");
    }

    @Test
    void refusesImpossibleRequests() {
        assertThatThrownBy(() -> BpeTrainer.train(List.of(), 257, SPECIALS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("257");
        assertThatThrownBy(() -> BpeTrainer.train(List.of(), 300, List.of("<s>", "<s>")))
                .hasMessageContaining("distinct");
        var roles =
                new TokenizerFiles.Roles(Optional.empty(), Optional.of("<eos>"), Optional.empty(), Optional.empty(), 8);
        assertThatThrownBy(() -> TokenizerFiles.write(BpeTrainer.train(List.of(), 300, SPECIALS), roles, folder))
                .hasMessageContaining("<eos>");
    }

    private HuggingFaceTokenizer load(BpeModel model) throws IOException {
        TokenizerFiles.write(model, ROLES, folder);
        return HuggingFaceTokenizer.newInstance(
                folder.resolve("tokenizer.json"), Map.of("truncation", "false", "padding", "false"));
    }

    private static List<String> sampleTexts() {
        return List.of(
                "The quick fox sees the other fox, and the fox isn't quick; it's the foxes' den.",
                "the cat  sat\n\n\ton the mat, 123 cats and 4567 mats 123",
                "über Straße straße naïve café café Ελλάδα русский русские 東京 東京都",
                "emoji 👍🏽 👩‍👩‍👧 and more 👍🏽 !!! ??? !!!",
                "they'll we've I'd you're don't DON'T");
    }

    private static List<String> awkwardTexts() {
        var texts = new ArrayList<>(List.of(
                "",
                " ",
                "   ",
                "\n",
                "\t\r\n  x",
                "a  b   c",
                " tail ",
                "x\u00a0y\u2003z",
                "\u3000",
                "¼²Ⅷ 12٣٤",
                "e\u0301",
                "\0\u0001\u007f",
                "'s's 'LL",
                "\uD83D\uDE00\uFE0F",
                "क्षि తెలుగు",
                "\uFEFFbom",
                "¿?¡!— …"));
        var random = new SplittableRandom(7);
        for (var i = 0; i < 300; i++) {
            var text = new StringBuilder();
            for (var length = random.nextInt(20); length > 0; length--) {
                text.appendCodePoint(randomAssignedCodePoint(random));
            }
            texts.add(text.toString());
        }
        return texts;
    }

    /** Half ASCII; otherwise one from blocks whose characters every Unicode version in use classes alike. */
    private static int randomAssignedCodePoint(SplittableRandom random) {
        var ranges = new int[][] {
            {0x20, 0x7F},
            {0xA0, 0x250},
            {0x391, 0x3CA},
            {0x410, 0x450},
            {0x4E00, 0x9000},
            {0x2000, 0x2070},
            {0x2190, 0x2200},
            {0x1F600, 0x1F640},
            {0xAC00, 0xD7A0},
            {0x1D400, 0x1D455}
        };
        var range = random.nextBoolean() ? ranges[0] : ranges[random.nextInt(ranges.length)];
        while (true) {
            var point = range[0] + random.nextInt(range[1] - range[0]);
            if (Character.isDefined(point)) {
                return point;
            }
        }
    }

    private static String randomLetters(SplittableRandom random, int length, int letters) {
        var word = new StringBuilder();
        for (var i = 0; i < length; i++) {
            word.append((char) ('a' + random.nextInt(letters)));
        }
        return word.toString();
    }

    /** The definition itself: counts all pairs again before every merge. */
    private static List<BpeModel.Merge> trainByRecounting(List<String> words, int vocabSize) {
        var ids = new HashMap<String, Integer>();
        ByteLevel.alphabet().forEach(c -> ids.put(c, ids.size()));
        var split = new ArrayList<List<String>>();
        words.forEach(word -> split.add(new ArrayList<>(
                word.chars().mapToObj(c -> String.valueOf((char) c)).toList())));
        var merges = new ArrayList<BpeModel.Merge>();
        while (ids.size() < vocabSize) {
            var counts = new HashMap<BpeModel.Merge, Integer>();
            for (var word : split) {
                for (var i = 0; i + 1 < word.size(); i++) {
                    counts.merge(new BpeModel.Merge(word.get(i), word.get(i + 1)), 1, Integer::sum);
                }
            }
            var best = counts.entrySet().stream()
                    .filter(e -> e.getValue() >= 2)
                    .min(Map.Entry.<BpeModel.Merge, Integer>comparingByValue()
                            .reversed()
                            .thenComparing(e -> ids.get(e.getKey().left()))
                            .thenComparing(e -> ids.get(e.getKey().right())));
            if (best.isEmpty()) {
                break;
            }
            var merge = best.get().getKey();
            merges.add(merge);
            ids.putIfAbsent(merge.merged(), ids.size());
            split.forEach(word -> mergeAll(word, merge));
        }
        return merges;
    }

    private static void mergeAll(List<String> word, BpeModel.Merge merge) {
        for (var i = 0; i + 1 < word.size(); i++) {
            if (word.get(i).equals(merge.left()) && word.get(i + 1).equals(merge.right())) {
                word.set(i, merge.merged());
                word.remove(i + 1);
            }
        }
    }

    /**
     * Computes ids by applying the merges in order, each to every place, with a byte alphabet and word cutter of its
     * own.
     */
    private static long[] applyMerges(BpeModel model, String text) {
        var ids = new HashMap<String, Long>();
        for (var id = 0; id < model.vocabSize(); id++) {
            ids.put(model.tokens().get(id), (long) id);
        }
        var out = new ArrayList<Long>();
        for (var word : cut(text)) {
            var parts = new ArrayList<String>();
            for (var b : word.getBytes(StandardCharsets.UTF_8)) {
                parts.add(byteCharacter(b & 0xFF));
            }
            model.merges().forEach(merge -> mergeAll(parts, merge));
            parts.forEach(part -> out.add(ids.get(part)));
        }
        return out.stream().mapToLong(Long::longValue).toArray();
    }

    private static String byteCharacter(int wanted) {
        if ((wanted > 32 && wanted < 127) || (wanted > 160 && wanted != 173)) {
            return String.valueOf((char) wanted);
        }
        var before = wanted <= 32 ? wanted : wanted <= 160 ? 33 + wanted - 127 : 67;
        return String.valueOf((char) (256 + before));
    }

    /** GPT-2's pre-tokenizer without a regular expression. */
    private static List<String> cut(String text) {
        var points = text.codePoints().toArray();
        var words = new ArrayList<String>();
        var i = 0;
        while (i < points.length) {
            var end = endOfWord(points, i);
            words.add(new String(points, i, end - i));
            i = end;
        }
        return words;
    }

    private static int endOfWord(int[] points, int start) {
        var rest = new String(points, start, points.length - start);
        for (var contraction : List.of("'s", "'t", "'re", "'ve", "'m", "'ll", "'d")) {
            if (rest.startsWith(contraction)) {
                return start + contraction.length();
            }
        }
        var first = points[start] == ' ' && start + 1 < points.length ? start + 1 : start;
        if (kind(points[first]) != 0) {
            return endOfRun(points, first);
        }
        var end = endOfRun(points, start);
        // The last white space of a run is left to the word after it.
        return end < points.length && end - start > 1 ? end - 1 : end;
    }

    private static int endOfRun(int[] points, int start) {
        var end = start;
        while (end < points.length && kind(points[end]) == kind(points[start])) {
            end++;
        }
        return end;
    }

    /** 0 white space, 1 letter, 2 number, 3 anything else. */
    private static int kind(int point) {
        if (Character.isWhitespace(point) && !(point >= 0x1C && point <= 0x1F)
                || Character.isSpaceChar(point)
                || point == 0x85) {
            return 0;
        }
        return switch (Character.getType(point)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER -> 1;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> 2;
            default -> 3;
        };
    }

    private static long[] concat(long[]... parts) {
        return java.util.Arrays.stream(parts)
                .flatMapToLong(java.util.Arrays::stream)
                .toArray();
    }
}
