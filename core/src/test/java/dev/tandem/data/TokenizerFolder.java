package dev.tandem.data;

import dev.tandem.data.bpe.BpeTrainer;
import dev.tandem.data.bpe.TokenizerFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tokenizer files of a small byte-level BPE, trained for the test, and changes to them. */
public record TokenizerFolder(Path path) {
    static final String BOS = "<s>";
    static final String EOS = "</s>";
    static final String TURN_END = "<|im_end|>";
    private static final List<String> SPECIAL = List.of(BOS, EOS, "<|im_start|>", TURN_END);

    /** A tokenizer that adds nothing by itself; BOS is id 0, EOS id 1. */
    public static TokenizerFolder plain(Path path) {
        var texts = List.of(
                "Human: how does the sun shine over the hill?",
                "Assistant: the sun shines over the hill, over and over.",
                "User: write a line about the sea.",
                "Assistant: the sea and the hill are there. Hello there, hello.");
        var model = BpeTrainer.train(texts, 330, SPECIAL);
        var roles =
                new TokenizerFiles.Roles(Optional.of(BOS), Optional.of(EOS), Optional.empty(), Optional.empty(), 512);
        TokenizerFiles.write(model, roles, path);
        return new TokenizerFolder(path);
    }

    /** A tokenizer with a post-processor that puts BOS in front, as Llama 3's does. */
    static TokenizerFolder withBos(Path path) {
        var folder = plain(path);
        folder.edit("tokenizer.json", TokenizerFolder::addBosRule);
        return folder;
    }

    /** A tokenizer with a rule that puts a space before every text, as SentencePiece does, and BOS in front. */
    static TokenizerFolder withLeadingSpace(Path path) {
        var folder = withBos(path);
        folder.edit(
                "tokenizer.json",
                json -> json.putObject("normalizer").put("type", "Prepend").put("prepend", " "));
        return folder;
    }

    private static void addBosRule(ObjectNode json) {
        var processor = json.putObject("post_processor").put("type", "TemplateProcessing");
        var single = processor.putArray("single");
        single.addObject().putObject("SpecialToken").put("id", BOS).put("type_id", 0);
        single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        processor
                .putArray("pair")
                .addObject()
                .putObject("Sequence")
                .put("id", "A")
                .put("type_id", 0);
        processor
                .withArray("pair")
                .addObject()
                .putObject("Sequence")
                .put("id", "B")
                .put("type_id", 0);
        var token = processor.putObject("special_tokens").putObject(BOS).put("id", BOS);
        token.putArray("ids").add(0);
        token.putArray("tokens").add(BOS);
    }

    /** Changes a JSON file, which is created if it does not exist. */
    public TokenizerFolder edit(String file, Consumer<ObjectNode> change) {
        var target = path.resolve(file);
        try {
            var json = Files.exists(target)
                    ? (ObjectNode) JsonMapper.shared().readTree(Files.readString(target))
                    : JsonMapper.shared().createObjectNode();
            change.accept(json);
            Files.writeString(target, json.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    TokenizerFolder delete(String file) {
        try {
            Files.delete(path.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public TextTokenizer load() {
        return TextTokenizer.load(path);
    }
}
