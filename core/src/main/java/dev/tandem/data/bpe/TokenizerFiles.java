package dev.tandem.data.bpe;

import dev.tandem.AtomicFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a {@link BpeModel} as Hugging Face tokenizer files: {@code tokenizer.json}, {@code tokenizer_config.json} and
 * {@code special_tokens_map.json}. The tokenizer cuts text with GPT-2's pattern, adds no leading space and no special
 * tokens of its own.
 */
public final class TokenizerFiles {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private TokenizerFiles() {}

    /**
     * The roles of the special tokens, and other settings of a tokenizer's configuration.
     *
     * @param bos begins a sequence
     * @param eos ends a response
     * @param pad fills a batch
     * @param chatTemplate Jinja template that renders a conversation
     * @param maxLength longest sequence of the model it is for, tokens
     */
    public record Roles(
            Optional<String> bos,
            Optional<String> eos,
            Optional<String> pad,
            Optional<String> chatTemplate,
            int maxLength) {

        /** The tokens by Hugging Face's names for their roles. */
        Map<String, String> tokens() {
            var tokens = new LinkedHashMap<String, String>();
            bos.ifPresent(token -> tokens.put("bos_token", token));
            eos.ifPresent(token -> tokens.put("eos_token", token));
            pad.ifPresent(token -> tokens.put("pad_token", token));
            return tokens;
        }
    }

    /**
     * Writes the three files into {@code folder}.
     *
     * @throws IllegalArgumentException if a role names a token that is not a special token of the model
     * @throws dev.tandem.UserException if a file cannot be written
     */
    public static void write(BpeModel model, Roles roles, Path folder) {
        roles.tokens().forEach((role, token) -> {
            if (!model.specialTokens().contains(token)) {
                throw new IllegalArgumentException(
                        role + " is " + token + ", which is not among the special tokens " + model.specialTokens());
            }
        });
        write(folder.resolve("tokenizer.json"), tokenizer(model));
        write(folder.resolve("tokenizer_config.json"), config(model, roles));
        write(folder.resolve("special_tokens_map.json"), specialTokensMap(roles));
    }

    private static void write(Path file, JsonNode json) {
        AtomicFiles.write(file, JSON.writeValueAsString(json) + "\n");
    }

    private static ObjectNode tokenizer(BpeModel model) {
        var root = JSON.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        var added = root.putArray("added_tokens");
        for (var id = 0; id < model.specialTokens().size(); id++) {
            var token = added.addObject();
            token.put("id", id);
            describeSpecial(token, model.specialTokens().get(id));
        }
        root.putNull("normalizer");
        byteLevel(root.putObject("pre_tokenizer"));
        root.putNull("post_processor");
        byteLevel(root.putObject("decoder"));
        bpe(root.putObject("model"), model);
        return root;
    }

    private static void describeSpecial(ObjectNode node, String token) {
        node.put("content", token)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
    }

    private static void byteLevel(ObjectNode node) {
        node.put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    private static void bpe(ObjectNode node, BpeModel model) {
        node.put("type", "BPE")
                .putNull("dropout")
                .putNull("unk_token")
                .putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix")
                .put("fuse_unk", false)
                .put("byte_fallback", false)
                .put("ignore_merges", false);
        var vocabulary = node.putObject("vocab");
        for (var id = 0; id < model.vocabSize(); id++) {
            vocabulary.put(model.tokens().get(id), id);
        }
        // "left right" is the form every version of the library reads; byte-level tokens hold no space.
        var merges = node.putArray("merges");
        model.merges().forEach(merge -> merges.add(merge.left() + " " + merge.right()));
    }

    private static ObjectNode config(BpeModel model, Roles roles) {
        var root = JSON.createObjectNode();
        root.put("tokenizer_class", "PreTrainedTokenizerFast")
                .put("add_prefix_space", false)
                .put("clean_up_tokenization_spaces", false)
                .put("model_max_length", roles.maxLength());
        roles.tokens().forEach(root::put);
        var described = root.putObject("added_tokens_decoder");
        for (var id = 0; id < model.specialTokens().size(); id++) {
            describeSpecial(
                    described.putObject(String.valueOf(id)),
                    model.specialTokens().get(id));
        }
        roles.chatTemplate().ifPresent(template -> root.put("chat_template", template));
        return root;
    }

    private static ObjectNode specialTokensMap(Roles roles) {
        var root = JSON.createObjectNode();
        roles.tokens().forEach(root::put);
        return root;
    }
}
