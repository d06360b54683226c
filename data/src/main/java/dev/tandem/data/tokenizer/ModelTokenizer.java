package dev.tandem.data.tokenizer;

import dev.tandem.io.ModelFolderJson;
import dev.tandem.io.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model's tokenizer, loaded when a text first needs it: cached tokens need none, and large vocabularies take a second
 * to load. Safe for use by several threads.
 */
public final class ModelTokenizer implements AutoCloseable {
    private static final String LEGACY = "added_tokens.json";

    /** Files that determine ids: the vocabulary, the special tokens' roles, the chat template. */
    private static final List<String> FILES = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            LEGACY,
            "generation_config.json",
            "config.json",
            "chat_template.jinja");

    private final Path folder;
    private Optional<TextTokenizer> loaded = Optional.empty();
    private List<String> digests = List.of();
    private boolean closed;

    /** @param folder the model's folder; nothing is read yet */
    public ModelTokenizer(Path folder) {
        this.folder = folder;
    }

    /** Names of the files in a model's folder that determine ids; a model need not have all of them. */
    public static List<String> files() {
        return FILES;
    }

    /**
     * The tokenizer; it is closed with this object.
     *
     * @throws dev.tandem.UserException if the files are absent, broken or not a BPE tokenizer
     */
    public synchronized TextTokenizer get() {
        if (closed) {
            throw new IllegalStateException("the tokenizer is closed");
        }
        var tokenizer = loaded.orElseGet(() -> TextTokenizer.load(folder));
        loaded = Optional.of(tokenizer);
        return tokenizer;
    }

    /** Digests of the files that determine ids, by name; absent files are marked as such. */
    public synchronized List<String> digests() throws IOException {
        if (!digests.isEmpty()) {
            return digests;
        }
        var result = new ArrayList<String>();
        for (var name : FILES) {
            var file = folder.resolve(name);
            if (name.equals(LEGACY) && !Files.isRegularFile(file)) {
                continue; // was no part of digests at first
            }
            result.add(name + " " + (Files.isRegularFile(file) ? Sha256.hex(file) : "absent"));
        }
        if (hasNewIds()) {
            result.add("ids 2");
        }
        digests = List.copyOf(result);
        return digests;
    }

    /**
     * Whether versions that did not write {@code ids 2} gave some texts other ids: they missed tokens that only the config
     * has, and the space that a tokenizer puts after a special token.
     */
    private boolean hasNewIds() throws IOException {
        var file = folder.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            return false;
        }
        var tokenizer = Files.readString(file);
        return tokenizer.contains("\"Prepend\"")
                || tokenizer.contains("\"Metaspace\"")
                || ModelFolderJson.readOptional(folder.resolve("tokenizer_config.json")).stream()
                        .flatMap(config -> config.path("added_tokens_decoder").valueStream())
                        .map(token -> token.path("content").toString())
                        .anyMatch(quoted -> !tokenizer.contains(quoted));
    }

    /** Frees the native memory if the tokenizer was loaded. */
    @Override
    public synchronized void close() {
        closed = true;
        loaded.ifPresent(TextTokenizer::close);
        loaded = Optional.empty();
    }
}
