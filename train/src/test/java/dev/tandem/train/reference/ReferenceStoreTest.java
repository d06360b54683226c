package dev.tandem.train.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.io.SharedLock;
import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The store returns what was put in, or nothing. */
class ReferenceStoreTest {
    private static final ReferenceFingerprint FINGERPRINT = fingerprint(1);

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path cache;

    private final List<String> messages = new ArrayList<>();

    @Test
    void keepsEveryBit() {
        var sums = new LinkedHashMap<ExampleDigest, double[]>();
        sums.put(new ExampleDigest(0, 0), new double[] {-0.0, Double.MIN_VALUE, Math.nextDown(-1.0)});
        sums.put(new ExampleDigest(-1, Long.MIN_VALUE), new double[] {-Double.MAX_VALUE});
        sums.putAll(random(7, 200));
        store().add(sums);
        assertSame(store().load(sums.keySet()), sums);
        assertThat(store().load(Set.of(new ExampleDigest(0, 0)))).hasSize(1);
        assertThat(new ReferenceStore(cache, fingerprint(2), messages::add).load(sums.keySet()))
                .isEmpty();
        assertThat(messages).isEmpty();
    }

    @Test
    void aChangedByteIsNeverBelieved() {
        var bytes = ReferenceSegment.encode(FINGERPRINT, random(3, 5));
        var random = new SplittableRandom(4);
        for (var i = 0; i < bytes.length; i++) {
            var changed = bytes.clone();
            changed[i] ^= (byte) random.nextInt(1, 256);
            assertThat(ReferenceSegment.decode(FINGERPRINT, changed))
                    .as("byte %d", i)
                    .isEmpty();
        }
        assertThat(ReferenceSegment.decode(FINGERPRINT, bytes)).isPresent();
    }

    @Test
    void aFileOfAnotherLengthIsNeverBelieved() {
        var bytes = ReferenceSegment.encode(FINGERPRINT, random(3, 5));
        for (var length = 0; length < bytes.length + 40; length++) {
            assertThat(ReferenceSegment.decode(FINGERPRINT, Arrays.copyOf(bytes, length))
                            .isPresent())
                    .as("%d bytes", length)
                    .isEqualTo(length == bytes.length);
        }
        assertThat(ReferenceSegment.decode(fingerprint(2), bytes)).isEmpty();
    }

    @Test
    void bytesWithARightChecksumAreReadWithCareToo() {
        var random = new SplittableRandom(11);
        for (var trial = 0; trial < 2000; trial++) {
            var bytes = ReferenceSegment.encode(FINGERPRINT, random(trial, 3));
            // counts are where a reader could run past the end
            for (var changes = random.nextInt(1, 4); changes > 0; changes--) {
                bytes[random.nextInt(44, bytes.length - 4)] = (byte) random.nextInt(256);
            }
            var crc = new java.util.zip.CRC32C();
            crc.update(bytes, 0, bytes.length - 4);
            java.nio.ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
            assertThatCode(() -> ReferenceSegment.decode(FINGERPRINT, bytes)).doesNotThrowAnyException();
        }
    }

    @Test
    void damagedFilesAreSaidOnceAndRebuilt() throws IOException {
        var random = new SplittableRandom(5);
        for (var trial = 0; trial < 40; trial++) {
            messages.clear();
            var all = new LinkedHashMap<ExampleDigest, double[]>();
            for (var part = 0; part < 4; part++) {
                var sums = random(100L * trial + part, 6);
                all.putAll(sums);
                store().add(sums);
            }
            damage(segments().get(random.nextInt(4)), random);

            var store = store();
            var found = store.load(all.keySet());
            assertThat(found.keySet()).isNotEqualTo(all.keySet());
            assertSame(found, subset(all, found.keySet()));
            store.load(all.keySet());
            assertThat(messages).singleElement().asString().contains("damaged", "computing again");

            store.add(subset(all, minus(all.keySet(), found.keySet())));
            messages.clear();
            assertSame(store().load(all.keySet()), all);
            assertThat(messages).isEmpty();
            for (var segment : segments()) {
                Files.delete(segment);
            }
        }
    }

    @Test
    void whatIsNoFileOfOursDoesNoHarm() throws IOException {
        var sums = random(1, 10);
        var store = store();
        store.add(sums);
        Files.createDirectories(store.folder().resolve("folder.seg"));
        Files.createSymbolicLink(store.folder().resolve("dead.seg"), cache.resolve("nowhere"));
        Files.createSymbolicLink(store.folder().resolve("endless.seg"), Path.of("/dev/zero"));
        Files.writeString(store.folder().resolve("foreign.seg"), "hello");
        Files.writeString(store.folder().resolve("notes.txt"), "hello");
        assertSame(store.load(sums.keySet()), sums);
        store.compact();
        assertSame(store().load(sums.keySet()), sums);
        assertThat(store.folder().resolve("notes.txt")).exists();
    }

    @Test
    void manySlicesBecomeOneFile() throws IOException {
        var slices = new ReferenceAppender(store(), Duration.ZERO, messages::add);
        var all = random(6, 60);
        all.forEach((digest, sums) -> {
            slices.add(digest, sums);
            slices.writeIfDue();
        });
        assertThat(segments()).hasSize(60);
        assertSame(store().load(all.keySet()), all);
        slices.add(new ExampleDigest(1, 1), new double[] {-1, Double.NaN});
        slices.finish();
        assertThat(segments()).hasSize(1);
        assertSame(store().load(all.keySet()), all);
        assertThat(store().load(Set.of(new ExampleDigest(1, 1)))).isEmpty();
        assertThat(messages).isEmpty();
    }

    @Test
    void saysOnceThatNothingCanBeKept() throws IOException {
        var file = Files.writeString(cache.resolve("file"), "");
        var store = new ReferenceStore(file, FINGERPRINT, messages::add);
        assertThatThrownBy(() -> store.add(random(1, 1))).isInstanceOf(UserException.class);
        var slices = new ReferenceAppender(store, Duration.ZERO, messages::add);
        random(2, 5).forEach((digest, sums) -> {
            slices.add(digest, sums);
            slices.writeIfDue();
        });
        slices.finish();
        assertThat(messages).singleElement().asString().contains("the run continues", "cannot write");
        assertThat(store.load(random(2, 5).keySet())).isEmpty();
        SharedLock.of(store.folder().resolve("lock"), () -> messages.add("waits"))
                .close();
        assertThat(messages).hasSize(1);
    }

    @Test
    void processesWriteReadAndCompactAtOnce() throws Exception {
        var writers = new ArrayList<Process>();
        for (var writer = 0; writer < 2; writer++) {
            var command = ChildProcesses.java(
                    List.of(), Writer.class.getName(), List.of(cache.toString(), String.valueOf(writer)));
            writers.add(processes.start(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(cache.resolve("out" + writer).toFile())));
        }
        for (var writer = 0; writer < 2; writer++) {
            assertThat(writers.get(writer).waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(writers.get(writer).exitValue())
                    .as(Files.readString(cache.resolve("out" + writer)))
                    .isZero();
        }
        var all = new LinkedHashMap<ExampleDigest, double[]>();
        for (var seed = 0; seed < Writer.SEGMENTS; seed++) {
            all.putAll(random(seed, 20));
            all.putAll(random(Writer.SEGMENTS + seed, 20));
        }
        assertSame(store().load(all.keySet()), all);
        assertThat(messages).isEmpty();
    }

    /** One of several processes: everything it wrote must be there, whatever the others do. */
    static final class Writer {
        static final int SEGMENTS = 150;

        private Writer() {}

        public static void main(String[] arguments) {
            var messages = new ArrayList<String>();
            var store = new ReferenceStore(Path.of(arguments[0]), FINGERPRINT, messages::add);
            var written = new LinkedHashMap<ExampleDigest, double[]>();
            for (var i = 0; i < SEGMENTS; i++) {
                var sums = random((long) SEGMENTS * Integer.parseInt(arguments[1]) + i, 20);
                store.add(sums);
                written.putAll(sums);
                if (i % 5 == 4) {
                    store.compact();
                    assertSame(store.load(written.keySet()), written);
                }
            }
            assertThat(messages).isEmpty();
        }
    }

    private static void damage(Path file, SplittableRandom random) throws IOException {
        var bytes = Files.readAllBytes(file);
        if (random.nextBoolean()) {
            bytes[random.nextInt(bytes.length)] ^= (byte) random.nextInt(1, 256);
        } else {
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        }
        Files.write(file, bytes);
    }

    private ReferenceStore store() {
        return new ReferenceStore(cache, FINGERPRINT, messages::add);
    }

    private List<Path> segments() throws IOException {
        try (var files = Files.list(store().folder())) {
            return files.sorted().toList();
        }
    }

    private static ReferenceFingerprint fingerprint(int seed) {
        var hash = new byte[ReferenceFingerprint.BYTES];
        new SplittableRandom(seed).nextBytes(hash);
        return new ReferenceFingerprint(hash);
    }

    private static Map<ExampleDigest, double[]> random(long seed, int count) {
        var random = new SplittableRandom(seed);
        var result = new LinkedHashMap<ExampleDigest, double[]>();
        for (var i = 0; i < count; i++) {
            result.put(
                    new ExampleDigest(random.nextLong(), random.nextLong()),
                    random.doubles(random.nextInt(1, 4), -1000, 0).toArray());
        }
        return result;
    }

    private static Set<ExampleDigest> minus(Set<ExampleDigest> all, Set<ExampleDigest> some) {
        var result = new HashSet<>(all);
        result.removeAll(some);
        return result;
    }

    private static Map<ExampleDigest, double[]> subset(Map<ExampleDigest, double[]> all, Set<ExampleDigest> keys) {
        var result = new LinkedHashMap<>(all);
        result.keySet().retainAll(keys);
        return result;
    }

    /** To the last bit: −0 is not 0. */
    private static void assertSame(Map<ExampleDigest, double[]> actual, Map<ExampleDigest, double[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((digest, sums) -> assertThat(bits(actual.get(digest))).isEqualTo(bits(sums)));
    }

    private static long[] bits(double[] values) {
        return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
    }
}
