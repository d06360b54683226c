package dev.tandem.data.tokenizer;

import dev.tandem.UserException;
import dev.tandem.text.SafeText;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The parts of a {@code tokenizer.json} that the native library may be given. Parts that end the process there (an
 * error inside Rust's code cannot become an exception), or that let a text grow without limit, are refused first.
 */
final class TokenizerRules {
    private static final Set<String> NORMALIZERS = Set.of(
            "Sequence",
            "NFC",
            "NFD",
            "NFKC",
            "NFKD",
            "Nmt",
            "Lowercase",
            "Strip",
            "StripAccents",
            "Replace",
            "Prepend",
            "BertNormalizer",
            "ByteLevel");
    private static final Set<String> PRE_TOKENIZERS = Set.of(
            "Sequence",
            "ByteLevel",
            "Metaspace",
            "Split",
            "Digits",
            "Punctuation",
            "Whitespace",
            "WhitespaceSplit",
            "CharDelimiterSplit",
            "UnicodeScripts",
            "BertPreTokenizer");
    private static final Set<String> POST_PROCESSORS =
            Set.of("Sequence", "ByteLevel", "TemplateProcessing", "BertProcessing", "RobertaProcessing");
    private static final Set<String> DECODERS =
            Set.of("Sequence", "ByteLevel", "Metaspace", "ByteFallback", "Fuse", "Strip", "Replace", "BPEDecoder");

    /** A part by its key: its name in messages, the known kinds, and the key of the parts inside it. */
    private static final Map<String, Part> PARTS = Map.of(
            "normalizer", new Part("normalizer", NORMALIZERS, "normalizers"),
            "pre_tokenizer", new Part("pre_tokenizer", PRE_TOKENIZERS, "pretokenizers"),
            "post_processor", new Part("post_processor", POST_PROCESSORS, "processors"),
            "decoder", new Part("decoder", DECODERS, "decoders"));

    private static final int LONGEST_PATTERN = 5000;
    private static final int DEEPEST_PATTERN = 50;
    private static final int LONGEST_PIECE = 64;
    private static final int MAX_PIECES = 16;
    /** Maximum factor by which all replacements together may lengthen a text. */
    private static final long MAX_GROWTH = 1000;

    private final Path file;
    private long growth = 1;

    private record Part(String name, Set<String> kinds, String inside) {}

    private TokenizerRules(Path file) {
        this.file = file;
    }

    /** @throws UserException if the native library cannot be trusted with the tokenizer */
    static void check(Path file, ObjectNode tokenizer) {
        var model = tokenizer.path("model");
        var type = model.path("type").asString(model.has("merges") ? "BPE" : "unknown");
        if (!type.equals("BPE")) {
            throw new UserException(file + ": model.type is " + SafeText.line(type, 80)
                    + "; only BPE tokenizers (GPT-NeoX, Llama, Mistral, Qwen) are supported. Use the tokenizer that"
                    + " belongs to the model.");
        }
        if (!model.path("continuing_subword_prefix").asString("").isEmpty()) {
            throw new UserException(file + ": model.continuing_subword_prefix is set, which is not supported. Use the"
                    + " tokenizer that belongs to the model.");
        }
        PARTS.forEach((key, part) -> new TokenizerRules(file).check(part, tokenizer.path(key)));
    }

    private void check(Part part, JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return;
        }
        var type = node.path("type").asString("unknown");
        if (!part.kinds().contains(type)) {
            throw new UserException(file + ": the " + part.name() + " " + SafeText.line(type, 80)
                    + " is not supported; supported are " + String.join(", ", new TreeSet<>(part.kinds()))
                    + ". Use the tokenizer that belongs to the model.");
        }
        checkPattern(node.path("pattern").path("Regex").asString(""));
        if (type.equals("Replace")) {
            checkGrowth(1 + node.path("content").asString("").length());
        } else if (type.equals("Prepend") && node.path("prepend").asString("").length() > LONGEST_PIECE) {
            throw wrong("a prefix of more than " + LONGEST_PIECE + " characters");
        } else if (type.equals("Strip") && node.path("stop").asInt(0) != 0) {
            throw wrong("a decoder that strips the ends of tokens"); // a shorter token ends the process
        } else if (type.equals("TemplateProcessing")) {
            checkTemplate(node.path("single"), node.path("special_tokens"));
        }
        node.path(part.inside()).forEach(inner -> check(part, inner));
    }

    /** Refuses long or deeply nested patterns: the pattern compiler calls itself for every bracket. */
    private void checkPattern(String pattern) {
        var depth = 0;
        for (var i = 0; i < pattern.length(); i++) {
            var c = pattern.charAt(i);
            depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
            if (depth > DEEPEST_PATTERN || pattern.length() > LONGEST_PATTERN) {
                throw wrong("a pattern of more than " + LONGEST_PATTERN + " characters or " + DEEPEST_PATTERN
                        + " brackets inside each other");
            }
        }
    }

    private void checkGrowth(long factor) {
        growth *= factor;
        if (growth > MAX_GROWTH) {
            throw wrong("replacements that make a text more than " + MAX_GROWTH + " times longer");
        }
    }

    private void checkTemplate(JsonNode pieces, JsonNode tokens) {
        if (!pieces.isArray() || pieces.size() > MAX_PIECES) {
            throw wrong("a template that is not a list of at most " + MAX_PIECES + " pieces");
        }
        for (var piece : pieces) {
            var special = piece.path("SpecialToken").path("id");
            var known = special.isString()
                    ? tokens.path(special.stringValue()).path("ids").size() <= MAX_PIECES
                            && tokens.has(special.stringValue())
                    : piece.path("Sequence").path("id").asString("").equals("A");
            if (!known) {
                throw wrong("a template with the piece " + SafeText.line(piece.toString(), 80)
                        + ", where sequence A or one of its special_tokens was expected");
            }
        }
    }

    private UserException wrong(String what) {
        return new UserException(
                file + " has " + what + "; no tokenizer of a language model does. Copy the file again from"
                        + " where the model was published.");
    }
}
