package dev.tandem.data.cache;

import dev.tandem.UserException;
import dev.tandem.data.DataSource;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.rows.RowFiles;
import dev.tandem.data.source.SourceReader;
import dev.tandem.data.source.SourceReader.Reading;
import dev.tandem.data.source.SourceReader.Source;
import dev.tandem.io.AtomicFiles;
import dev.tandem.io.Sha256;
import dev.tandem.io.SharedLock;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Tokenised data files in {@code <folder>/tokens}, one {@code <key>.tok} each, where the key is the SHA-256 of
 * everything that the tokens depend on: the content of the data file and of the tokenizer's files, and the settings of
 * the encoding. Nothing ever goes out of date, so there is nothing to invalidate; the folder may be deleted at any
 * time.
 */
final class TokenCache {
    /** Raise this with every change in how rows are encoded. */
    private static final int ENCODING_VERSION = 1;

    private final Path folder;

    TokenCache(Path folder) {
        this.folder = folder;
    }

    /**
     * Returns the tokens of a data file: from the cache, or encoded and added to it.
     *
     * @param limit maximum number of rows to keep
     * @param encode encodes the tokens; called a second time if they cannot be cached
     * @param messages receives a message when a cached file is damaged or the folder cannot be written; neither stops
     *     the run
     * @throws UserException if the data file or a row of it is broken
     */
    Source get(
            DataSource source,
            DataRecipe recipe,
            int limit,
            TokenizationContext encoding,
            Reading encode,
            Consumer<String> messages) {
        var key = key(source, recipe, limit, encoding);
        if (key.isEmpty()) {
            return SourceReader.inMemory(encode);
        }
        var name = HexFormat.of().formatHex(key.get());
        var file = folder.resolve("tokens").resolve(name + ".tok");
        if (Files.exists(file)) {
            var cached = read(file, key.get(), source.path(), messages);
            if (cached.isPresent()) {
                return cached.get();
            }
        }
        // several ranks or runs may need the same file: one encodes it, or each encodes some of the files
        try (var lock = SharedLock.of(folder.resolve("locks").resolve(name), () -> {})) {
            var made = lock.waited() ? read(file, key.get(), source.path(), messages) : Optional.<Source>empty();
            return made.or(() -> stored(
                            file,
                            key.get(),
                            source.path(),
                            encode,
                            () -> key(source, recipe, limit, encoding)
                                    .filter(k -> Arrays.equals(k, key.get()))
                                    .isPresent(),
                            messages))
                    .orElseGet(() -> SourceReader.inMemory(encode));
        }
    }

    private static Optional<Source> read(Path file, byte[] key, Path data, Consumer<String> messages) {
        try {
            return Optional.of(TokenFile.read(file, key, data));
        } catch (IOException e) {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            messages.accept("Cached tokens " + file + " cannot be used (" + e.getMessage() + "): " + data
                    + " is tokenised again");
            return Optional.empty();
        }
    }

    /** Rows were appended or replaced while they were read: the key belongs to other content. */
    private static final class Changed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Writes a token file row by row, and opens it.
     *
     * @param unchanged whether the key still holds when all rows have been read
     * @return absent if the file cannot be written
     */
    private Optional<Source> stored(
            Path file, byte[] key, Path data, Reading encode, BooleanSupplier unchanged, Consumer<String> messages) {
        var broken = new ArrayList<RuntimeException>();
        try {
            AtomicFiles.writeBinary(file, channel -> {
                var writer = new TokenFileWriter(channel, key);
                writer.finish(counts(encode, writer, broken));
                if (!unchanged.getAsBoolean()) {
                    throw new Changed();
                }
            });
            return Optional.of(TokenFile.read(file, key, data));
        } catch (Changed e) {
            return Optional.empty();
        } catch (UserException e) {
            if (!broken.isEmpty()) {
                throw broken.get(0);
            }
            messages.accept("Warning: nothing can be kept in the cache folder " + folder + " (" + reason(e)
                    + "), so every run tokenises its data again. Make it writable, or name another folder, or none, as"
                    + " 'cache' in the recipe");
            return Optional.empty();
        } catch (IOException e) {
            // the file just written has disappeared or been replaced
            return Optional.empty();
        }
    }

    /** An exception of the writer is a disk failure; every other exception is an error in the data. */
    private static Source counts(Reading encode, TokenFileWriter writer, List<RuntimeException> broken)
            throws IOException {
        try {
            return encode.into(writer::add);
        } catch (TokenFileWriter.Failure e) {
            throw e.cause();
        } catch (RuntimeException e) {
            broken.add(e);
            throw e;
        }
    }

    /** Leaves out the name of the temporary file, so that the same reason gives the same text. */
    private static String reason(UserException problem) {
        var cause = problem.getCause();
        if (cause instanceof FileSystemException e) {
            return Optional.ofNullable(e.getReason()).orElse(e.getClass().getSimpleName());
        }
        return String.valueOf(cause == null ? problem.getMessage() : cause.getMessage());
    }

    /** Absent if a file cannot be read: the code that reads its rows explains that better. */
    private static Optional<byte[]> key(DataSource source, DataRecipe recipe, int limit, TokenizationContext encoding) {
        try {
            if (!Files.isRegularFile(source.path()) && !Files.isDirectory(source.path())) {
                return Optional.empty();
            }
            var parts = new ArrayList<String>();
            parts.add("encoding " + ENCODING_VERSION);
            for (var file : RowFiles.shards(source.path())) {
                parts.add("content " + Sha256.hex(file));
                parts.add("suffix " + RowFiles.suffix(file));
            }
            parts.addAll(settings(source, recipe));
            parts.add("limit " + limit);
            parts.add("vocabulary " + encoding.vocabSize());
            if (recipe.format().isText()) {
                parts.addAll(encoding.tokenizer().digests());
            }
            return Optional.of(Sha256.of(parts));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static List<String> settings(DataSource source, DataRecipe recipe) {
        var result = new ArrayList<>(List.of(
                "format " + recipe.format().cacheKey(),
                "pairs " + (recipe.shape() == RowShape.PAIR),
                "template " + recipe.template().map(t -> "= " + t).orElse("none"),
                "max-length " + recipe.maxLength(),
                "overlong " + recipe.overlong().cacheKey()));
        // unchanged for responses and pairs, so that existing caches stay valid
        if (recipe.shape() != RowShape.RESPONSE && recipe.shape() != RowShape.PAIR) {
            result.add("shape " + recipe.shape());
        }
        new TreeMap<>(source.columns()).forEach((name, inFile) -> result.addAll(List.of("column " + name, inFile)));
        return result;
    }
}
