package dev.tandem.data.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.DataSource;
import dev.tandem.data.cache.TokenizationContext;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.tokenizer.ModelTokenizer;
import dev.tandem.data.tokenizer.TokenizerFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of tokens are found under the names that they have always had, as long as their formats encode rows in the same way:
 * caches stay valid.
 */
class CacheKeysTest {
    private static final String TEMPLATE = "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + eos_token }}"
            + "{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}";

    private static final String ROW = """
            {"instruction": "how", "output": "the hill", "prompt": "how", "response": "the hill", \
            "chosen": "\\n\\nHuman: how\\n\\nAssistant: the hill", \
            "rejected": "\\n\\nHuman: how\\n\\nAssistant: the sea", \
            "messages": [{"role": "user", "content": "how"}, {"role": "assistant", "content": "the hill"}], \
            "input_ids": [5, 6, 7], "prompt_length": 1, "prompt_ids": [5], "chosen_ids": [6], "rejected_ids": [7]}
            """;

    /** Those of tokens were computed by commit 2b7a59d; the others when formats began to read further columns. */
    private static final Map<String, String> NAMES = Map.of(
            "alpaca RESPONSE", "309710762aada24f04b13e99546483c03ed775f9916eb13679a0b3909b90772f",
            "sft RESPONSE", "61598290269b52ad0d1a8d9f55a44c1117abac1ab1b8bb0e9a251585ee7c7038",
            "preference RESPONSE", "be792ba1e0566fcf3858ab0c9307eddd1c0ceab0b4c2555ae142e9ae51d66575",
            "preference PAIR", "2fc68fbfd1a2cc693cb01fc311cf36d706ce455134e397c807076a59981166a2",
            "conversation RESPONSE", "ccac82efcb50274404e2f661448d22896448cb40372adbb80b0d0d4bd7d696cf",
            "implicit-preference RESPONSE", "a9f2d73063955effe4a07d0a742228c853c09026f8d85300b133f5a6d16931fd",
            "implicit-preference PAIR", "56350f455b60c4741000675cef4a3e28c7a6ae8adff0e2f2d0e23fe4cd69feb6",
            "tokens RESPONSE", "f490397b8ceef65c2b3e2b11ead283c88464ccd8701c4f06402296e98d2b5dab",
            "tokens PAIR", "6de799e12051096c5f50d2a81409b483b3c1ea73ae43c179a5b6aab178beb936");

    @TempDir
    Path folder;

    @Test
    void everyFormatAndShapeHasTheKeyItAlwaysHad() throws IOException {
        var model = TokenizerFolder.plain(folder.resolve("model"))
                .edit("tokenizer_config.json", json -> json.put("chat_template", TEMPLATE))
                .path();
        var rows = Files.writeString(folder.resolve("rows.jsonl"), ROW);
        for (var entry : NAMES.entrySet()) {
            var words = entry.getKey().split(" ");
            var format = RowFormats.named(words[0]).orElseThrow();
            var source = new DataSource(rows, OptionalDouble.empty(), Map.of());
            var template = Optional.of("Q: {}").filter(t -> format.takesTemplate());
            var recipe =
                    DataRecipe.reading(RowShape.valueOf(words[1]), source, format, template, 64, Overlong.TRUNCATE);
            var cache = folder.resolve(entry.getKey());
            try (var tokenizer = new ModelTokenizer(model)) {
                new TokenizationContext(tokenizer, 400, Optional.of(cache))
                        .read(source, recipe, 100, new ArrayList<String>()::add);
            }
            try (Stream<Path> files = Files.list(cache.resolve("tokens"))) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .as(entry.getKey())
                        .containsExactly(entry.getValue() + ".tok");
            }
        }
    }
}
