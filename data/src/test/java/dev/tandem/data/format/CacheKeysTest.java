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

/** Files of tokens are found under the names that they had when row formats were an enum: caches stay valid. */
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

    /** Computed by commit 2b7a59d. */
    private static final Map<String, String> NAMES = Map.of(
            "alpaca RESPONSE", "663ce7b61ae46488a7f816579047a241691421c5a0cab79c0f59411885996db6",
            "sft RESPONSE", "c45aabd3a07c1eda033a9d0e69a90613e695ac682e0135842e7251c3ca9bcbc5",
            "preference RESPONSE", "002011568da43c353610c67fbb61d02b09b3ea1bb9b3e393bf6e8e0a3fb86383",
            "preference PAIR", "e001bd852faef00e4a02b2d4fd9532118c23c67679d51907ecf83b1be037e38c",
            "conversation RESPONSE", "828bad0f63dbcaf710649cec08807857850d4513f928eff82f44b420c5483eb7",
            "implicit-preference RESPONSE", "062a3c855c57060e6a1427963749d5379fccbc4b8afc1975487e703914615824",
            "implicit-preference PAIR", "32b845268c0932a100b12a5fb334a04a955948db08fc7b726468dca1995d1b81",
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
