package dev.tandem.cli.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineTailTest {
    private static final int LONGEST = 200_000;

    @TempDir
    Path folder;

    private static final class Heard implements LineTail.Sink {
        private final List<String> lines = new ArrayList<>();
        private int tooLong;
        private int restarts;

        @Override
        public void line(byte[] bytes, int from, int length) {
            lines.add(new String(bytes, from, length, StandardCharsets.UTF_8));
        }

        @Override
        public void tooLong() {
            tooLong++;
        }

        @Override
        public void restart() {
            lines.clear();
            restarts++;
        }
    }

    private Path file() {
        return folder.resolve("lines");
    }

    private LineTail tail() {
        return new LineTail(file(), LONGEST, 1 << 24);
    }

    private void append(String text) throws IOException {
        Files.writeString(file(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Every complete line is received once, in whatever pieces the file grows. */
    @Test
    void hearsEveryLineOnceHoweverTheFileGrows() throws IOException {
        var random = new Random(1);
        var lines = new ArrayList<String>();
        for (var i = 0; i < 500; i++) {
            lines.add(i + "ä".repeat(random.nextInt(i % 50 == 0 ? 60_000 : 40)));
        }
        var all = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        var tail = tail();
        var heard = new Heard();
        for (var at = 0; at < all.length; ) {
            var next = Math.min(all.length, at + 1 + random.nextInt(20_000));
            Files.write(
                    file(),
                    java.util.Arrays.copyOfRange(all, at, next),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            tail.read(heard);
            at = next;
        }
        assertThat(heard.lines).isEqualTo(lines);
        assertThat(heard.restarts).isZero();
        assertThat(tail.read(heard)).isFalse();
    }

    @Test
    void aHalfLineWaitsForItsEnd() throws IOException {
        var tail = tail();
        var heard = new Heard();
        assertThat(tail.read(heard)).isFalse();
        append("one\ntw");
        assertThat(tail.read(heard)).isTrue();
        assertThat(heard.lines).containsExactly("one");
        append("o\n");
        tail.read(heard);
        assertThat(heard.lines).containsExactly("one", "two");
    }

    @Test
    void aFileThatWasCutReplacedOrRemovedStartsAnew() throws IOException {
        var tail = tail();
        var heard = new Heard();
        append("one\ntwo\nthree\n");
        tail.read(heard);
        Files.writeString(file(), "one\n"); // shorter, in place
        tail.read(heard);
        assertThat(heard.lines).containsExactly("one");
        Files.writeString(file(), "eins\nzwei\n"); // longer, but another beginning, in place
        tail.read(heard);
        assertThat(heard.lines).containsExactly("eins", "zwei");
        var other = folder.resolve("other");
        Files.writeString(other, "eins\nzwei\ndrei\n"); // the bytes read so far are the same, but it is another file
        Files.move(other, file(), StandardCopyOption.REPLACE_EXISTING);
        tail.read(heard);
        assertThat(heard.lines).containsExactly("eins", "zwei", "drei");
        assertThat(heard.restarts).isEqualTo(3);
        Files.delete(file());
        assertThat(tail.read(heard)).isTrue();
        assertThat(heard.lines).isEmpty();
        append("back\n");
        tail.read(heard);
        assertThat(heard.lines).containsExactly("back");
    }

    @Test
    void aLineThatIsTooLongIsPassedOver() throws IOException {
        var tail = tail();
        var heard = new Heard();
        append("one\n" + "x".repeat(3 * LONGEST));
        tail.read(heard);
        append("x".repeat(LONGEST) + "\ntwo\n");
        tail.read(heard);
        assertThat(heard.lines).containsExactly("one", "two");
        assertThat(heard.tooLong).isEqualTo(1);
    }

    @Test
    void aLargeFileIsReadInParts() throws IOException {
        append("0123456789\n".repeat(100_000));
        var tail = new LineTail(file(), LONGEST, 1 << 17);
        var heard = new Heard();
        tail.read(heard);
        assertThat(tail.behind()).isTrue();
        assertThat(heard.lines).hasSizeLessThan(20_000);
        while (tail.behind()) {
            tail.read(heard);
        }
        assertThat(heard.lines).hasSize(100_000);
    }

    @Test
    void aLinkIsNotFollowed() throws IOException {
        var secret = folder.resolve("secret");
        Files.writeString(secret, "secret\n");
        Files.createSymbolicLink(file(), secret);
        var heard = new Heard();
        assertThat(tail().read(heard)).isFalse();
        assertThat(heard.lines).isEmpty();
    }
}
