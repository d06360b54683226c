package dev.tandem.train.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.data.example.Example;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.io.DigestCache;
import dev.tandem.io.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Digests of files and examples. */
class ReferenceDigestsTest {
    @TempDir
    Path folder;

    @Test
    void filesAreKnownByTheirContent() throws IOException {
        var random = new SplittableRandom(1);
        for (var size : new int[] {0, 1, 1 << 20, (1 << 20) + 1, 3_000_000}) {
            var bytes = new byte[size];
            random.nextBytes(bytes);
            var file = Files.write(folder.resolve("file" + size), bytes);
            assertThat(digest(file))
                    .isEqualTo(HexFormat.of().formatHex(Sha256.start().digest(bytes)));
        }
    }

    @Test
    void aSettledFileIsReadOnceAndAChangedOneAgain() throws IOException {
        var file = Files.writeString(folder.resolve("weights"), "before");
        var link = Files.createSymbolicLink(folder.resolve("link"), file);
        assertThat(remembered()).isEmpty();
        digest(file);
        // it may change again within the same tick of the clock
        assertThat(remembered()).isEmpty();
        var before = settledDigest(file);
        assertThat(remembered()).hasSize(1);
        assertThat(digest(link)).isEqualTo(before);
        assertThat(remembered()).hasSize(1);

        var time = Files.getLastModifiedTime(file);
        Files.writeString(file, "behind");
        Files.setLastModifiedTime(file, time);
        assertThat(digest(file)).isNotEqualTo(before);
        Files.writeString(file, "longer than before");
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        assertThat(digest(file)).isNotEqualTo(before);
        Files.writeString(file, "before");
        assertThat(digest(file)).isEqualTo(before);
    }

    @Test
    void damagedMemoriesAreRebuilt() throws IOException {
        var file = Files.writeString(folder.resolve("weights"), "content");
        var digest = settledDigest(file);
        var memory = remembered().get(0);
        var text = Files.readString(memory);
        var random = new SplittableRandom(2);
        for (var i = 0; i < text.length(); i++) {
            var bytes = Files.readAllBytes(memory);
            bytes[i] ^= (byte) random.nextInt(1, 256);
            Files.write(memory, bytes);
            assertThat(settledDigest(file)).as("byte %d", i).isEqualTo(digest);
            assertThat(memory).hasContent(text);
            Files.writeString(memory, text.substring(0, i));
            assertThat(settledDigest(file)).as("%d bytes", i).isEqualTo(digest);
            assertThat(memory).hasContent(text);
        }
    }

    @Test
    void aRememberedDigestIsNotComputedAgain() throws IOException {
        var file = Files.writeString(folder.resolve("weights"), "content");
        settledDigest(file);
        var memory = remembered().get(0);
        var lines = Files.readAllLines(memory);
        var marked = String.join("\n", lines.get(0), lines.get(1), "0".repeat(64)) + "\n";
        var crc = new CRC32C();
        crc.update(marked.getBytes(StandardCharsets.UTF_8));
        Files.writeString(memory, marked + Long.toHexString(crc.getValue()) + "\n");
        assertThat(digest(file)).isEqualTo("0".repeat(64));
    }

    @Test
    void aFileThatCannotBeReadIsAnError() {
        assertThatThrownBy(() -> digest(folder.resolve("none"))).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void examplesAreKnownByTheirTokens() {
        var digests = new HashSet<ExampleDigest>();
        var sequences = List.of(
                List.of(sequence(1, 1, 2, 3)),
                List.of(sequence(2, 1, 2, 3)),
                List.of(sequence(1, 1, 2, 4)),
                List.of(sequence(1, 1, 2), sequence(1, 3, 4)),
                List.of(sequence(1, 3, 4), sequence(1, 1, 2)),
                List.of(sequence(1, 1, 2, 3, 4)),
                List.of(sequence(1, 1, 2)));
        sequences.forEach(s -> digests.add(ExampleDigest.of(new Example(0, s))));
        assertThat(digests).hasSize(sequences.size());
        sequences.forEach(s -> assertThat(digests).contains(ExampleDigest.of(new Example(9, s))));
    }

    private static TokenSequence sequence(int prompt, int... ids) {
        return TokenSequence.of(ids, prompt);
    }

    private String digest(Path file) {
        return digest(file, InstantSource.system());
    }

    /** A minute later: any change of the file would show in its times by now. */
    private String settledDigest(Path file) {
        return digest(file, InstantSource.offset(InstantSource.system(), Duration.ofMinutes(1)));
    }

    private String digest(Path file, InstantSource clock) {
        return new DigestCache(folder.resolve("cache"), clock).of(List.of(file)).get(0);
    }

    private List<Path> remembered() throws IOException {
        var digests = folder.resolve("cache/digests");
        if (!Files.exists(digests)) {
            return List.of();
        }
        try (var files = Files.list(digests)) {
            return files.toList();
        }
    }
}
