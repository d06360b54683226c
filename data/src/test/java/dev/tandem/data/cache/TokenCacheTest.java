package dev.tandem.data.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.Batching;
import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RowTokens;
import dev.tandem.data.example.Example;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.Recipes;
import dev.tandem.data.format.RowFormat;
import dev.tandem.data.format.SftFormat;
import dev.tandem.data.format.TokensFormat;
import dev.tandem.data.load.ObjectiveData;
import dev.tandem.data.source.SourceReader.Source;
import dev.tandem.data.tokenizer.ModelTokenizer;
import dev.tandem.data.tokenizer.TokenizerFolder;
import dev.tandem.io.Sha256;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens from the cache are those of the rows, whatever happened to the cache, and stale tokens are never used. */
class TokenCacheTest {
    private static final int VOCABULARY = 5_000;

    @TempDir
    Path folder;

    private Path model;
    private final List<String> messages = new ArrayList<>();

    @BeforeEach
    void tokenizer() {
        model = TokenizerFolder.plain(folder.resolve("model")).path();
    }

    @Test
    void givesTheSameDataAndReport() throws IOException {
        var rows = texts("rows", 700);
        var recipe = recipe(List.of(source(rows)), new SftFormat(), Optional.empty());
        var plain = load(recipe, Optional.empty());
        var first = load(recipe, cache());
        var second = load(recipe, cache());
        for (var data : List.of(first, second)) {
            assertThat(data.training()).isEqualTo(plain.training());
            assertThat(data.evaluation()).isEqualTo(plain.evaluation());
            assertThat(data.report()).isEqualTo(plain.report());
            assertThat(data.report().text()).isEqualTo(plain.report().text());
            assertThat(data.stream().take()).isEqualTo(plain.stream().take());
        }
        assertThat(plain.report().files().get(0).dropped()).isNotEmpty();
        assertThat(plain.report().files().get(0).notes()).isNotEmpty();
        assertThat(cached()).hasSize(1);
        assertThat(messages).isEmpty();
    }

    /**
     * Encoded or found in the cache, rows stay on disk, their lengths are known, and they outlive their file's name.
     */
    @Test
    void tokensStayOnTheDisk() throws IOException {
        var source = source(texts("rows", 700));
        var recipe = recipe(List.of(source), new SftFormat(), Optional.empty());
        try (var tokenizer = new ModelTokenizer(model)) {
            var held = new TokenizationContext(tokenizer, VOCABULARY, Optional.empty())
                    .read(source, recipe, 700, messages::add);
            var made = read(source, recipe, 700, VOCABULARY);
            var found = read(source, recipe, 700, VOCABULARY);
            Files.delete(cached().get(0));
            for (var stored : List.of(made, found)) {
                assertThat(stored.kept()).allMatch(row -> row.sequences() instanceof CachedRow);
                assertThat(stored.kept()).isEqualTo(held.kept());
                for (var i = 0; i < held.kept().size(); i++) {
                    var expected = new Example(i, held.kept().get(i).sequences());
                    var example = new Example(i, stored.kept().get(i).sequences());
                    assertThat(example).isEqualTo(expected).hasSameHashCodeAs(expected);
                    assertThat(example.tokens()).isEqualTo(expected.tokens());
                    assertThat(example.trainedTokens()).isEqualTo(expected.trainedTokens());
                    assertThat(example.longest()).isEqualTo(expected.longest());
                    assertThat(example.hash()).isEqualTo(expected.hash());
                }
            }
        }
    }

    /** The file was written before rows had labels: layout 2. */
    @Test
    void filesWithoutLabelsAreRead() throws IOException {
        var old = Path.of("../testdata/old/token-cache");
        var name = "1001e438538fd0807ddcc1e1d2343b2cf6166d0ed4d7f4a182cdec2c8a4430f4.tok";
        var file =
                Files.createDirectories(cache().orElseThrow().resolve("tokens")).resolve(name);
        Files.copy(old.resolve(name), file);
        var source = source(old.resolve("pairs.jsonl"));
        var recipe = Recipes.of(new TokensFormat(), Optional.empty(), 40, Overlong.TRUNCATE)
                .withShape(RowShape.PAIR);
        try (var tokenizer = new ModelTokenizer(model)) {
            var plain = new TokenizationContext(tokenizer, VOCABULARY, Optional.empty())
                    .read(source, recipe, 100, messages::add);
            assertThat(read(source, recipe, 100, VOCABULARY)).isEqualTo(plain);
            assertThat(plain.kept()).hasSize(4).allMatch(row -> row.label().isEmpty());
        }
        assertThat(cached()).containsExactly(file);
        assertThat(file).hasSameBinaryContentAs(old.resolve(name));
        assertThat(messages).isEmpty();
    }

    @Test
    void labelsAreKept() throws IOException {
        var random = new SplittableRandom(12);
        var rows = new ArrayList<RowTokens>();
        for (var i = 0; i < 200; i++) {
            var label = random.nextInt(3);
            rows.add(new RowTokens(
                    List.of(TokenSequence.of(new int[2 + random.nextInt(9)], 1)),
                    label == 2 ? OptionalDouble.empty() : OptionalDouble.of(label)));
        }
        var file = folder.resolve("labels.tok");
        var key = new byte[Sha256.LENGTH];
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            var writer = new TokenFileWriter(channel, key);
            rows.forEach(writer::add);
            writer.finish(new Source(file, 200, List.of(), Map.of(), Map.of()));
        }
        assertThat(TokenFile.read(file, key, file).kept()).isEqualTo(rows);
    }

    @Test
    void aFolderIsKnownByAllItsShards() throws IOException {
        var shards = Files.createDirectory(folder.resolve("shards"));
        Files.move(texts("a", 30), shards.resolve("a.jsonl"));
        Files.move(texts("b", 30), shards.resolve("b.jsonl"));
        var recipe = recipe(List.of(source(shards)), new SftFormat(), Optional.empty());
        var made = load(recipe, cache());
        assertThat(load(recipe, cache()).training()).isEqualTo(made.training());
        assertThat(cached()).hasSize(1);
        Files.copy(shards.resolve("a.jsonl"), shards.resolve("c.jsonl"));
        assertThat(load(recipe, cache()).report().files().get(0).rows()).isEqualTo(90);
    }

    @Test
    void aHitNeedsNoTokenizer() throws IOException {
        var source = source(texts("rows", 10));
        var recipe = recipe(List.of(source), new SftFormat(), Optional.empty());
        var made = read(source, recipe, 10, VOCABULARY);
        try (var tokenizer = new ModelTokenizer(model)) {
            tokenizer.close();
            var hit = new TokenizationContext(tokenizer, VOCABULARY, cache()).read(source, recipe, 10, messages::add);
            assertThat(hit).isEqualTo(made);
        }
    }

    @Test
    void damageIsNoticedAndRepaired() throws IOException {
        var source = source(texts("rows", 60));
        var recipe = recipe(List.of(source), new SftFormat(), Optional.empty());
        var expected = read(source, recipe, 60, VOCABULARY);
        var file = cached().get(0);
        var intact = Files.readAllBytes(file);
        var random = new SplittableRandom(11);
        for (var round = 0; round < 300; round++) {
            var damaged = damaged(intact, random);
            replace(file, damaged);
            messages.clear();
            assertThat(read(source, recipe, 60, VOCABULARY)).isEqualTo(expected);
            assertThat(messages).hasSize(1);
            assertThat(messages.get(0)).contains(file.toString(), "is tokenised again");
            assertThat(Files.readAllBytes(file)).isEqualTo(intact);
        }
    }

    @Test
    void whatNeverEndsIsNotRead() throws IOException {
        var source = source(texts("rows", 10));
        var recipe = recipe(List.of(source), new SftFormat(), Optional.empty());
        var made = read(source, recipe, 10, VOCABULARY);
        var file = cached().get(0);
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("/dev/zero"));
        assertThat(read(source, recipe, 10, VOCABULARY)).isEqualTo(made);
        assertThat(messages).singleElement().asString().contains("it is not a regular file");
    }

    /** Another file replaces it: the mapped content does not change. */
    private static void replace(Path file, byte[] content) throws IOException {
        Files.delete(file);
        Files.write(file, content);
    }

    private static byte[] damaged(byte[] intact, SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(intact, random.nextInt(intact.length));
            case 1 -> Arrays.copyOf(intact, intact.length + 1 + random.nextInt(1000));
            case 2 -> {
                var copy = intact.clone();
                copy[random.nextInt(copy.length)] ^= (byte) (1 + random.nextInt(255));
                yield copy;
            }
            default -> {
                var copy = intact.clone();
                for (var i = random.nextInt(copy.length - 4); i < copy.length; i++) {
                    copy[i] ^= (byte) (1 + random.nextInt(255));
                }
                yield copy;
            }
        };
    }

    @Test
    void anotherFilesTokensUnderThisNameAreRefused() throws IOException {
        var recipe = recipe(List.of(), new SftFormat(), Optional.empty());
        var one = source(texts("one", 5));
        var other = source(texts("other", 6));
        var expected = read(one, recipe, 10, VOCABULARY);
        var file = cached().get(0);
        read(other, recipe, 10, VOCABULARY);
        var foreign = cached().stream().filter(f -> !f.equals(file)).findFirst().orElseThrow();
        replace(file, Files.readAllBytes(foreign));
        assertThat(read(one, recipe, 10, VOCABULARY)).isEqualTo(expected);
        assertThat(messages).singleElement().asString().contains("belongs to other data");
    }

    @Test
    void everyIngredientMakesAnotherKey() throws IOException {
        var rows = texts("rows", 5);
        var source = source(rows);
        var sft = recipe(List.of(), new SftFormat(), Optional.empty());
        var steps = new ArrayList<Consumer<Integer>>();
        var mapped = new DataSource(rows, OptionalDouble.empty(), Map.of("prompt", "prompt"));
        steps.add(i -> read(source, sft, 5, VOCABULARY));
        steps.add(i -> read(source, sft, 4, VOCABULARY));
        steps.add(i -> read(source, sft, 5, VOCABULARY + 1));
        steps.add(i -> read(source, recipe(List.of(), new SftFormat(), Optional.of("Q: {}")), 5, VOCABULARY));
        steps.add(i -> read(mapped, sft, 5, VOCABULARY));
        steps.add(
                i -> read(source, Recipes.of(new SftFormat(), Optional.empty(), 41, Overlong.TRUNCATE), 5, VOCABULARY));
        steps.add(i -> read(source, Recipes.of(new SftFormat(), Optional.empty(), 40, Overlong.DROP), 5, VOCABULARY));
        steps.add(i -> {
            append(rows, "{\"prompt\": \"more\", \"response\": \"of it\"}\n");
            read(source, sft, 5, VOCABULARY);
        });
        for (var name : List.of(
                "tokenizer.json",
                "tokenizer_config.json",
                "special_tokens_map.json",
                "generation_config.json",
                "chat_template.jinja")) {
            steps.add(i -> {
                if (name.endsWith("jinja") || name.equals("tokenizer.json")) {
                    append(model.resolve(name), "\n");
                } else {
                    new TokenizerFolder(model).edit(name, json -> json.put("unknown_key", 1));
                }
                read(source, sft, 5, VOCABULARY);
            });
        }
        for (var i = 0; i < steps.size(); i++) {
            steps.get(i).accept(i);
            assertThat(cached()).as("after ingredient " + i).hasSize(i + 1);
        }
        // neither the path of the rows nor settings of training matter
        var moved = source(Files.copy(rows, folder.resolve("elsewhere.jsonl")));
        assertThat(read(moved, sft, 5, VOCABULARY).path()).isEqualTo(moved.path());
        assertThat(cached()).hasSize(steps.size());
        assertThat(messages).isEmpty();
    }

    @Test
    void anUnwritableFolderIsToldOnceAndDoesNotStop() throws IOException {
        var notAFolder = Files.writeString(folder.resolve("file"), "x");
        var recipe = recipe(List.of(source(texts("a", 20)), source(texts("b", 20))), new SftFormat(), Optional.empty());
        var plain = load(recipe, Optional.empty());
        var data = load(recipe, Optional.of(notAFolder));
        assertThat(data.training()).isEqualTo(plain.training());
        assertThat(messages.stream().distinct().filter(message -> !message.contains("held out")))
                .singleElement()
                .asString()
                .contains("Warning", notAFolder.toString());
    }

    private Source read(DataSource source, DataRecipe recipe, int limit, int vocabulary) {
        try (var tokenizer = new ModelTokenizer(model)) {
            return new TokenizationContext(tokenizer, vocabulary, cache()).read(source, recipe, limit, messages::add);
        }
    }

    private ObjectiveData load(DataRecipe recipe, Optional<Path> cache) {
        try (var tokenizer = new ModelTokenizer(model)) {
            var encoding = new TokenizationContext(tokenizer, VOCABULARY, cache);
            return ObjectiveData.load("sft", recipe, encoding, 7, messages::add);
        }
    }

    private Optional<Path> cache() {
        return Optional.of(folder.resolve("cache"));
    }

    private List<Path> cached() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("cache/tokens"))) {
            return files.sorted().toList();
        }
    }

    /** Prompts and responses of random lengths: some too long, some empty. */
    private Path texts(String name, int count) throws IOException {
        var random = new SplittableRandom(name.hashCode());
        var lines = new ArrayList<String>();
        for (var i = 0; i < count; i++) {
            lines.add("{\"prompt\": \"" + "the sun ".repeat(random.nextInt(12)) + i + "\", \"response\": \""
                    + " over the hill".repeat(random.nextInt(10)) + "\"}");
        }
        return Files.write(folder.resolve(name + ".jsonl"), lines);
    }

    private static void append(Path file, String text) {
        try {
            Files.writeString(
                    file, text, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static DataSource source(Path path) {
        return new DataSource(path, OptionalDouble.empty(), Map.of());
    }

    private static DataRecipe recipe(List<DataSource> data, RowFormat format, Optional<String> template) {
        return new DataRecipe(
                RowShape.RESPONSE,
                data,
                List.of(),
                0.1,
                format,
                template,
                40,
                Overlong.TRUNCATE,
                OptionalInt.empty(),
                OptionalInt.empty(),
                new Batching.Examples(50),
                true);
    }
}
