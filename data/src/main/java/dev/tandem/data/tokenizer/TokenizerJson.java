package dev.tandem.data.tokenizer;

import dev.tandem.UserException;
import dev.tandem.io.ModelFolderJson;
import dev.tandem.text.SafeText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code tokenizer.json}, checked before the native library sees it: input that the library cannot handle may end the
 * whole process instead of raising an error.
 *
 * @param file the file it was read from
 * @param root its content, with the added tokens of the files around it
 * @param ids ids of all tokens by their text, added tokens included
 * @param specialIds ids of the tokens marked special
 */
record TokenizerJson(Path file, ObjectNode root, Map<String, Integer> ids, Set<Integer> specialIds) {
    /** Above any existing vocabulary, and low enough that every id plus one is an int. */
    private static final int MAX_IDS = 1 << 26;

    /** @throws UserException if the file is absent, not JSON, or describes a tokenizer other than BPE */
    static TokenizerJson read(Path file) {
        var root = ModelFolderJson.readOptional(file)
                .orElseThrow(() -> new UserException(
                        file + " does not exist: the model's folder needs a Hugging Face tokenizer.json."
                                + " Copy it from where the model was published, or convert a slow tokenizer with"
                                + " AutoTokenizer.from_pretrained(…).save_pretrained(…) of transformers."));
        TokenizerRules.check(file, root);
        var ids = new HashMap<String, Integer>();
        var specialIds = new HashSet<Integer>();
        root.path("model")
                .path("vocab")
                .properties()
                .forEach(entry -> ids.put(entry.getKey(), id(file, entry.getKey(), entry.getValue())));
        AddedTokens.complete(Optional.ofNullable(file.getParent()).orElse(Path.of("")), root, ids);
        for (var added : root.path("added_tokens")) {
            var content = added.path("content").asString("");
            var id = id(file, content, added.path("id"));
            ids.put(content, id);
            if (added.path("special").asBoolean(false)) {
                specialIds.add(id);
            }
        }
        if (ids.isEmpty()) {
            throw new UserException(file + ": model.vocab is empty or absent; a vocabulary was expected.");
        }
        return new TokenizerJson(file, root, Map.copyOf(ids), Set.copyOf(specialIds));
    }

    static int id(Path file, String token, JsonNode value) {
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < 0
                || value.intValue() >= MAX_IDS) {
            throw new UserException(file + ": the token '" + SafeText.line(token, 80) + "' has the id "
                    + SafeText.line(value.toString(), 80) + "; a whole number from 0 to below " + MAX_IDS
                    + " was expected.");
        }
        return value.intValue();
    }

    /** Texts of the tokens marked special. */
    Set<String> specialTexts() {
        return ids.entrySet().stream()
                .filter(token -> specialIds.contains(token.getValue()))
                .map(Map.Entry::getKey)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The added tokens that a text is cut at before anything else, by id. A rule that puts a space before a text applies after
     * each of them, too.
     */
    Map<Integer, AddedToken> boundaries() {
        var result = new HashMap<Integer, AddedToken>();
        for (var added : root.path("added_tokens")) {
            if (!added.path("normalized").asBoolean(false)) {
                result.put(
                        added.path("id").asInt(0),
                        new AddedToken(
                                added.path("content").asString(""),
                                added.path("single_word").asBoolean(false),
                                added.path("lstrip").asBoolean(false)));
            }
        }
        return result;
    }

    /** One more than the largest id. */
    int vocabSize() {
        return ids.values().stream().mapToInt(id -> id + 1).max().orElse(0);
    }

    /**
     * This tokenizer without the rule that puts a space before a text (SentencePiece's dummy prefix), for text that
     * follows other text; absent if it has no such rule.
     */
    Optional<ObjectNode> withoutLeadingSpace() {
        var copy = root.deepCopy();
        var changed = dropPrepend(copy);
        for (var node : withNested(copy.path("pre_tokenizer"), "pretokenizers")) {
            changed |= dropPrefixSpace(node);
        }
        return changed ? Optional.of(copy) : Optional.empty();
    }

    private static boolean dropPrepend(ObjectNode tokenizer) {
        var normalizer = tokenizer.path("normalizer");
        if (isPrepend(normalizer)) {
            tokenizer.putNull("normalizer");
            return true;
        }
        if (normalizer.path("normalizers").isArray()) {
            var before = normalizer.path("normalizers").size();
            normalizer.path("normalizers").asArray().removeIf(TokenizerJson::isPrepend);
            return normalizer.path("normalizers").size() < before;
        }
        return false;
    }

    private static boolean isPrepend(JsonNode normalizer) {
        return normalizer.path("type").asString("").equals("Prepend");
    }

    private static boolean dropPrefixSpace(ObjectNode preTokenizer) {
        var changed = false;
        if (preTokenizer.path("add_prefix_space").asBoolean(false)) {
            preTokenizer.put("add_prefix_space", false);
            changed = true;
        }
        if (preTokenizer.path("type").asString("").equals("Metaspace")
                && !preTokenizer.path("prepend_scheme").asString("always").equals("never")) {
            preTokenizer.put("prepend_scheme", "never");
            changed = true;
        }
        return changed;
    }

    private static List<ObjectNode> withNested(JsonNode node, String children) {
        var found = new ArrayList<ObjectNode>();
        if (node.isObject()) {
            found.add((ObjectNode) node);
            node.path(children).forEach(child -> found.addAll(withNested(child, children)));
        }
        return found;
    }
}
