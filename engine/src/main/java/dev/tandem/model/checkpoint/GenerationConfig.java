package dev.tandem.model.checkpoint;

import dev.tandem.UserException;
import dev.tandem.data.format.TurnEnds;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.io.AtomicFiles;
import dev.tandem.io.InputFiles;
import dev.tandem.io.ModelFolderJson;
import dev.tandem.model.config.ConfigJson;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The file {@code generation_config.json}, from which other programs learn which tokens end an answer. A base model often
 * names only the end of its documents there, and not the token that ends a turn in its chat template.
 */
final class GenerationConfig {
    private static final String FILE = "generation_config.json";
    private static final String ENDS = "eos_token_id";
    /** What other programs take from {@code config.json} only if there is no generation config. */
    private static final List<String> OF_CONFIG = List.of("bos_token_id", "pad_token_id");

    private GenerationConfig() {}

    /**
     * Writes the file with every token that ends an answer, unless the files that were copied name them all.
     *
     * @param directory folder that the model's tokenizer was copied to
     * @param source the model's folder
     */
    static void complete(Path directory, Path source) {
        var ends = ends(source);
        var given = ModelFolderJson.readOptional(source.resolve(FILE));
        var config = ModelFolderJson.readOptional(source.resolve(ConfigJson.FILE_NAME));
        if (!ids(given.or(() -> config)).containsAll(ends)) {
            var json = given.map(ObjectNode::deepCopy).orElseGet(() -> ofConfig(config));
            var all = json.putArray(ENDS);
            ends.forEach(all::add);
            write(directory.resolve(FILE), json);
        }
    }

    /** The tokens that end an answer; none if the model has no tokenizer that can be read. */
    private static Set<Integer> ends(Path source) {
        if (!InputFiles.isPresent(source.resolve("tokenizer.json"))) {
            return Set.of();
        }
        try (var tokenizer = TextTokenizer.load(source)) {
            return TurnEnds.all(tokenizer);
        } catch (UserException e) {
            return Set.of(); // the error is reported where the tokenizer is used
        }
    }

    private static Set<Integer> ids(Optional<ObjectNode> json) {
        var value = json.map(node -> node.path(ENDS));
        var ids = new LinkedHashSet<Integer>();
        value.ifPresent(node -> (node.isArray() ? node.values() : List.of(node)).forEach(id -> {
            if (id.isIntegralNumber() && id.canConvertToInt()) {
                ids.add(id.intValue());
            }
        }));
        return Collections.unmodifiableSet(ids);
    }

    private static ObjectNode ofConfig(Optional<ObjectNode> config) {
        var json = JsonMapper.shared().createObjectNode();
        OF_CONFIG.forEach(key -> config.map(node -> node.path(key))
                .filter(JsonNode::isIntegralNumber)
                .ifPresent(id -> json.set(key, id)));
        return json;
    }

    private static void write(Path file, ObjectNode json) {
        var mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        AtomicFiles.write(file, mapper.writeValueAsString(json) + "\n");
    }
}
