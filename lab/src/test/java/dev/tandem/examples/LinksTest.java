package dev.tandem.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Links between the project's pages lead somewhere, to the heading they name. */
class LinksTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s#]*)(?:#([^)\\s]*))?\\)");
    private static final Pattern CODE = Pattern.compile("```.*?```", Pattern.DOTALL);

    @Test
    void leadSomewhere() throws IOException {
        var broken = new ArrayList<String>();
        var links = 0;
        for (var page : pages()) {
            var matcher = LINK.matcher(CODE.matcher(Files.readString(page)).replaceAll(""));
            while (matcher.find()) {
                if (!matcher.group(1).contains("://")) {
                    links++;
                    if (!leads(page, matcher.group(1), matcher.group(2) == null ? "" : matcher.group(2))) {
                        broken.add(ROOT.relativize(page) + ": " + matcher.group());
                    }
                }
            }
        }

        assertThat(links).isGreaterThan(20);
        assertThat(broken).isEmpty();
    }

    private static List<Path> pages() throws IOException {
        try (var top = Files.list(ROOT);
                var docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    private static boolean leads(Path page, String file, String heading) throws IOException {
        var target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return heading.isEmpty()
                || Files.readString(target)
                        .lines()
                        .filter(line -> line.startsWith("#"))
                        .map(LinksTest::anchor)
                        .anyMatch(heading::equals);
    }

    /** As GitHub makes one of a heading. */
    private static String anchor(String heading) {
        return heading.replaceFirst("^#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_\\- ]", "")
                .replace(' ', '-');
    }
}
