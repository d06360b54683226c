package dev.tandem.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/library.md shows the examples as they are. */
class LibraryPageTest {
    private static final Path EXAMPLES = Path.of("src/test/java/dev/tandem/examples");

    /** A link to an example, and the code below it. */
    private static final Pattern SHOWN = Pattern.compile(
            "\\(\\.\\./lab/src/test/java/dev/tandem/examples/(\\w+)\\.java\\)[^`]*?\n\n```java\n(.*?)```\n",
            Pattern.DOTALL);

    @Test
    void showsEveryExampleFromItsCommentOn() throws IOException {
        var page = Files.readString(Path.of("../docs/library.md"));
        var shown = new HashSet<String>();
        SHOWN.matcher(page).results().forEach(block -> {
            shown.add(block.group(1));
            assertThat(block.group(2)).as(block.group(1)).isEqualTo(source(block.group(1)));
        });
        assertThat(page.split("```java", -1)).hasSize(1 + shown.size());
        try (var files = Files.list(EXAMPLES)) {
            var examples = files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .filter(name -> !name.endsWith("Test"));
            assertThat(examples).containsExactlyInAnyOrderElementsOf(shown);
        }
    }

    private static String source(String name) {
        try {
            var source = Files.readString(EXAMPLES.resolve(name + ".java"));
            return source.substring(source.indexOf("/**"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
