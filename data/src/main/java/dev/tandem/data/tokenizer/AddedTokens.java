package dev.tandem.data.tokenizer;

import dev.tandem.UserException;
import dev.tandem.io.ModelFolderJson;
import dev.tandem.text.SafeText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tokens that are found in a text before it is cut into pieces. {@code tokenizer.json} lists them, and other files of the
 * folder add to them, as transformers reads these: {@code added_tokens_decoder} of {@code tokenizer_config.json}, or {@code
 * added_tokens.json} if there is none, and then every named special token.
 *
 * <p>The native library numbers tokens that are not in the vocabulary by itself. A file that gives one of them another id would
 * give one token two ids, and is refused.
 */
final class AddedTokens {
    private static final String CONFIG = "tokenizer_config.json";
    private static final String MAP = "special_tokens_map.json";
    private static final String LEGACY = "added_tokens.json";
    private static final List<String> LISTS = List.of("additional_special_tokens", "extra_special_tokens");
    private static final List<String> NAMES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private final Path folder;
    private final ObjectNode root;
    private final Map<String, Integer> vocabulary;
    private final Map<Integer, String> texts = new HashMap<>();

    /** Tokens by their text, in the order in which the library receives them. */
    private final Map<String, ObjectNode> tokens = new LinkedHashMap<>();

    private int largest = -1;

    private AddedTokens(Path folder, ObjectNode root, Map<String, Integer> vocabulary) {
        this.folder = folder;
        this.root = root;
        this.vocabulary = vocabulary;
        vocabulary.forEach((text, id) -> {
            var other = texts.put(id, text);
            if (other != null) {
                throw twice("tokenizer.json", id, other, text);
            }
        });
    }

    /**
     * Puts the tokens of all files into {@code added_tokens} of a {@code tokenizer.json}.
     *
     * @param folder the folder of all files
     * @param root content of {@code tokenizer.json}, which is changed
     * @param vocabulary ids of the tokens of {@code model.vocab}
     * @throws UserException if two tokens have the same id, or a token has an id that the library does not give it
     */
    static void complete(Path folder, ObjectNode root, Map<String, Integer> vocabulary) {
        new AddedTokens(folder, root, vocabulary).complete();
    }

    private void complete() {
        for (var token : root.path("added_tokens")) {
            add(
                    "tokenizer.json",
                    token,
                    TokenizerJson.id(folder.resolve("tokenizer.json"), text(token), token.path("id")));
        }
        var config = ModelFolderJson.readOptional(folder.resolve(CONFIG));
        var map = ModelFolderJson.readOptional(folder.resolve(MAP));
        var decoder = config.map(json -> json.path("added_tokens_decoder")).filter(JsonNode::isObject);
        if (decoder.isPresent()) {
            ofDecoder(decoder.get());
        } else {
            ModelFolderJson.readOptional(folder.resolve(LEGACY)).ifPresent(json -> ofLegacy(json, config, map));
        }
        for (var json : List.of(config, map)) {
            NAMES.forEach(name -> json.map(node -> node.path(name)).ifPresent(this::named));
            LISTS.forEach(list -> json.map(node -> node.path(list))
                    .filter(JsonNode::isArray)
                    .ifPresent(nodes -> nodes.forEach(this::special)));
        }
        var all = root.putArray("added_tokens");
        tokens.values().forEach(all::add);
    }

    private void ofDecoder(JsonNode decoder) {
        decoder.properties().stream()
                .filter(entry -> entry.getKey().matches("[0-9]{1,9}"))
                .sorted(Comparator.comparing(entry -> Integer.valueOf(entry.getKey())))
                .forEach(entry -> add(CONFIG, entry.getValue(), Integer.parseInt(entry.getKey())));
    }

    private void ofLegacy(ObjectNode json, Optional<ObjectNode> config, Optional<ObjectNode> map) {
        var special = new ArrayList<String>();
        for (var file : List.of(config, map)) {
            NAMES.forEach(name -> file.ifPresent(node -> special.add(text(node.path(name)))));
            LISTS.forEach(list -> file.ifPresent(node -> node.path(list).forEach(token -> special.add(text(token)))));
        }
        json.properties().stream()
                .filter(entry -> entry.getValue().isIntegralNumber())
                .sorted(Comparator.comparing(entry -> entry.getValue().asInt(0)))
                .forEach(entry -> add(
                        LEGACY,
                        described(entry.getKey(), special.contains(entry.getKey())),
                        TokenizerJson.id(folder.resolve(LEGACY), entry.getKey(), entry.getValue())));
    }

    /** A token with a role. One that no vocabulary has is reported where the role is needed. */
    private void named(JsonNode token) {
        if (vocabulary.containsKey(text(token))) {
            special(token);
        }
    }

    private void special(JsonNode token) {
        var text = text(token);
        if (!text.isEmpty() && !tokens.containsKey(text)) {
            add(CONFIG, token.isObject() ? token : described(text, true), libraryId(text));
        }
    }

    private void add(String file, JsonNode token, int id) {
        var text = text(token);
        if (text.isEmpty()) {
            return; // the library ignores it
        }
        var library = libraryId(text);
        var other = texts.get(id);
        if (other != null && !other.equals(text)) {
            throw twice(file, id, other, text);
        }
        if (library != id) {
            throw new UserException(
                    folder.resolve(file) + ": the token '" + SafeText.line(text, 80) + "' has the id " + id
                            + ", but the tokenizers library, and so transformers, gives it " + library
                            + ": ids of added tokens follow each other without a gap, and a token of the vocabulary keeps its id."
                            + " Write the id that the model was trained with, and fill the gap with unused tokens.");
        }
        texts.put(id, text);
        tokens.putIfAbsent(text, entry(token, text, id));
        largest = Math.max(largest, id);
    }

    /** The id that the library gives a token, as {@code AddedVocabulary::add_tokens} does. */
    private int libraryId(String text) {
        var added = tokens.get(text);
        if (added != null) {
            return added.path("id").asInt(0);
        }
        var size = vocabulary.size();
        return vocabulary.getOrDefault(text, largest >= size ? largest + 1 : size);
    }

    private ObjectNode entry(JsonNode token, String text, int id) {
        var special = token.path("special").asBoolean(!token.has("special") && !token.has("id"));
        return root.objectNode()
                .put("id", id)
                .put("content", text)
                .put("single_word", token.path("single_word").asBoolean(false))
                .put("lstrip", token.path("lstrip").asBoolean(false))
                .put("rstrip", token.path("rstrip").asBoolean(false))
                .put("normalized", token.path("normalized").asBoolean(!special))
                .put("special", special);
    }

    private ObjectNode described(String text, boolean special) {
        return root.objectNode().put("content", text).put("special", special);
    }

    private static String text(JsonNode token) {
        return token.isObject() ? token.path("content").asString("") : token.asString("");
    }

    private UserException twice(String file, int id, String first, String second) {
        return new UserException(folder.resolve(file) + ": the tokens '" + SafeText.line(first, 80) + "' and '"
                + SafeText.line(second, 80) + "' have the same id " + id
                + "; an id for each was expected. Copy the file again from where the model was published.");
    }
}
