package dev.tandem.data.tokenizer;

import dev.tandem.UserException;
import dev.tandem.io.InputFiles;
import dev.tandem.io.ModelFolderJson;
import dev.tandem.text.SafeText;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the files beside {@code tokenizer.json} say about the tokens' roles and the chat template. For each role the
 * first file that names it decides: {@code tokenizer_config.json}, {@code special_tokens_map.json}, {@code
 * generation_config.json}, {@code config.json}. The first two name tokens by text (a string, or an object with {@code
 * content}), the others by id.
 */
final class SpecialTokens {
    private static final String CONFIG = "tokenizer_config.json";
    private static final String TEMPLATE = "chat_template.jinja";
    private static final int MAX_TEMPLATE_BYTES = 10_000_000;
    private static final List<String> NAMES = List.of("bos_token", "eos_token", "pad_token", "unk_token");

    private final Path folder;
    private final TokenizerJson tokenizer;
    private final Optional<ObjectNode> config;
    private final Optional<ObjectNode> map;
    private final Optional<ObjectNode> generation;
    private final Optional<ObjectNode> model;

    SpecialTokens(Path folder, TokenizerJson tokenizer) {
        this.folder = folder;
        this.tokenizer = tokenizer;
        this.config = ModelFolderJson.readOptional(folder.resolve(CONFIG));
        this.map = ModelFolderJson.readOptional(folder.resolve("special_tokens_map.json"));
        this.generation = ModelFolderJson.readOptional(folder.resolve("generation_config.json"));
        this.model = ModelFolderJson.readOptional(folder.resolve("config.json"));
    }

    /**
     * The id of a role.
     *
     * @param role {@code bos}, {@code eos} or {@code pad}
     * @throws UserException if a file names a token that the vocabulary does not have
     */
    OptionalInt id(String role) {
        var text = text(role + "_token");
        if (text.isPresent()) {
            return OptionalInt.of(idOf(text.get(), role + "_token"));
        }
        var ids = ids(generation, role + "_token_id");
        if (ids.isEmpty()) {
            ids = ids(model, role + "_token_id");
        }
        return ids.stream().mapToInt(Integer::intValue).findFirst();
    }

    /**
     * All tokens that the files name as ends of a generation: the one EOS, and those of {@code generation_config.json}
     * and {@code config.json}, where a model without the former keeps them.
     */
    Set<Integer> endTokens(int eos) {
        var ends = new LinkedHashSet<Integer>();
        ends.add(eos);
        ends.addAll(ids(generation, "eos_token_id"));
        ends.addAll(ids(model, "eos_token_id"));
        return Collections.unmodifiableSet(ends);
    }

    /** Whether {@code tokenizer_config.json} itself decides about BOS; if absent, the post-processor does. */
    Optional<Boolean> addBosToken() {
        return config.map(json -> json.path("add_bos_token"))
                .filter(JsonNode::isBoolean)
                .map(JsonNode::booleanValue);
    }

    /** Texts of the special tokens by their Hugging Face names, as chat templates see them. */
    Map<String, String> texts() {
        var texts = new LinkedHashMap<String, String>();
        NAMES.forEach(name -> text(name).ifPresent(text -> texts.put(name, text)));
        return texts;
    }

    /**
     * The chat template: {@code chat_template.jinja}, else {@code chat_template} of {@code tokenizer_config.json} (a
     * string, or a list of named templates of which {@code default} is used).
     */
    Optional<String> chatTemplate() {
        var file = folder.resolve(TEMPLATE);
        if (InputFiles.isPresent(file)) {
            return Optional.of(InputFiles.text(file, MAX_TEMPLATE_BYTES));
        }
        var template = config.map(json -> json.path("chat_template"));
        if (template.filter(JsonNode::isArray).isPresent()) {
            for (var named : template.get()) {
                if (named.path("name").asString("").equals("default")) {
                    template = Optional.of(named.path("template"));
                }
            }
        }
        return template.filter(JsonNode::isString).map(JsonNode::stringValue);
    }

    private Optional<String> text(String name) {
        return text(config, name).or(() -> text(map, name));
    }

    private static Optional<String> text(Optional<ObjectNode> json, String name) {
        return json.map(node -> node.path(name))
                .map(node -> node.isObject() ? node.path("content") : node)
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .filter(text -> !text.isEmpty());
    }

    private int idOf(String token, String role) {
        var id = Optional.ofNullable(tokenizer.ids().get(token)).or(() -> declaredId(token));
        return id.orElseThrow(() -> new UserException(folder.resolve(CONFIG) + " (or special_tokens_map.json): the "
                + role + " '" + SafeText.line(token, 80) + "' is not in the vocabulary of " + tokenizer.file()
                + ". Use tokenizer files that belong together."));
    }

    /** Tokens that only {@code tokenizer_config.json} declares. */
    private Optional<Integer> declaredId(String token) {
        return config.flatMap(json -> json.path("added_tokens_decoder").properties().stream()
                .filter(entry -> entry.getValue().path("content").asString("").equals(token))
                .filter(entry -> entry.getKey().matches("[0-9]{1,9}"))
                .map(entry -> Integer.valueOf(entry.getKey()))
                .findFirst());
    }

    private static List<Integer> ids(Optional<ObjectNode> json, String key) {
        var value = json.map(node -> node.path(key));
        if (value.isEmpty()) {
            return List.of();
        }
        var nodes = value.get().isArray() ? value.get().values() : List.of(value.get());
        return nodes.stream()
                .filter(node -> node.isIntegralNumber() && node.canConvertToInt() && node.intValue() >= 0)
                .map(JsonNode::intValue)
                .toList();
    }
}
