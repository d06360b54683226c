package dev.tandem.experiment.world;

import dev.tandem.AtomicFiles;
import dev.tandem.data.bpe.TokenizerFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * The files of a {@link DemoWorld}.
 *
 * @param corpus plain text, documents separated by one empty line
 * @param sftTrain instructions to train on, format {@code alpaca}
 * @param sftEval instructions held out
 * @param preferenceTrain pairs to train on, format {@code preference}
 * @param preferenceEval pairs held out
 * @param tokenizer folder of the tokenizer files
 */
public record WorldFiles(
        Path corpus, Path sftTrain, Path sftEval, Path preferenceTrain, Path preferenceEval, Path tokenizer) {
    /** Longest sequence that a model for this world must support, tokens; every row of the default sizes fits. */
    public static final int MAX_TOKENS = 128;

    /** Renders a conversation as {@link DemoWorld#PROMPT_TEMPLATE} renders a prompt. */
    private static final String CHAT_TEMPLATE = "{% for message in messages %}"
            + "{% if message['role'] == 'user' %}{{ 'User: ' + message['content'] + '\\n' }}"
            + "{% elif message['role'] == 'assistant' %}{{ 'Assistant: ' + message['content'] + eos_token }}"
            + "{% endif %}{% endfor %}"
            + "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}";

    private static final JsonMapper JSON = new JsonMapper();

    /** The paths of all files within {@code folder}. */
    public static WorldFiles in(Path folder) {
        return new WorldFiles(
                folder.resolve("corpus.txt"),
                folder.resolve("sft-train.jsonl"),
                folder.resolve("sft-eval.jsonl"),
                folder.resolve("preference-train.jsonl"),
                folder.resolve("preference-eval.jsonl"),
                folder.resolve("tokenizer"));
    }

    static WorldFiles write(DemoWorld world, Path folder) {
        var files = in(folder);
        AtomicFiles.write(files.corpus, String.join("\n\n", world.corpus()) + "\n");
        AtomicFiles.write(files.sftTrain, lines(world.sftTrain()));
        AtomicFiles.write(files.sftEval, lines(world.sftEval()));
        AtomicFiles.write(files.preferenceTrain, lines(world.preferenceTrain()));
        AtomicFiles.write(files.preferenceEval, lines(world.preferenceEval()));
        var roles = new TokenizerFiles.Roles(
                Optional.of(DemoWorld.END_OF_TEXT),
                Optional.of(DemoWorld.END_OF_TEXT),
                Optional.of(DemoWorld.PADDING),
                Optional.of(CHAT_TEMPLATE),
                MAX_TOKENS);
        TokenizerFiles.write(world.trainTokenizer(), roles, files.tokenizer);
        return files;
    }

    private static String lines(List<? extends Record> rows) {
        return rows.stream().map(row -> JSON.writeValueAsString(row) + "\n").collect(Collectors.joining());
    }
}
