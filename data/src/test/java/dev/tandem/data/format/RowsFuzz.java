package dev.tandem.data.format;

import dev.tandem.UserException;
import dev.tandem.data.rows.RowFiles;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.data.tokenizer.TokenizerFolder;
import dev.tandem.fuzz.FuzzFile;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Any bytes are rows of some kind that become tokens, or are refused. The first byte says what the file's suffix and the
 * format of its rows are; the rest is the file.
 */
public final class RowsFuzz {
    private static final int VOCABULARY = 400;
    private static final int MAX_ROWS = 1000;
    private static final List<String> SUFFIXES = List.of("jsonl", "json", "csv", "tsv");
    private static final TextTokenizer TOKENIZER = TokenizerFolder.plain(FuzzFile.folder())
            .edit(
                    "tokenizer_config.json",
                    json -> json.put(
                            "chat_template",
                            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
                                    + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"))
            .load();

    private RowsFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        var choice = input[0] & 0xff;
        var formats = RowFormats.ALL;
        var recipe = Recipes.of(formats.get(choice / SUFFIXES.size() % formats.size()));
        var encoder = recipe.encoder(Map.of(), Optional.of(TOKENIZER), VOCABULARY);
        var file = FuzzFile.of(
                "rows." + SUFFIXES.get(choice % SUFFIXES.size()), Arrays.copyOfRange(input, 1, input.length));
        var rows = new int[1];
        try {
            RowFiles.read(file, row -> {
                encoder.encode(row);
                return ++rows[0] < MAX_ROWS;
            });
        } catch (UserException e) {
            return; // the error of the rows is reported
        }
    }
}
