package dev.tandem.cli.board;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/** The files of the page: a fixed list from the class path, under fixed addresses. */
final class Assets {
    private static final String HERE = "/dev/tandem/cli/board/";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    private static final Map<String, Asset> ALL = Map.of(
            "/", new Asset(HERE + "board.html", HTML),
            "/assets/board.css", new Asset(HERE + "board.css", STYLE),
            "/assets/board.js", new Asset(HERE + "board.js", SCRIPT),
            "/assets/charts.js", new Asset(HERE + "charts.js", SCRIPT),
            "/assets/dom.js", new Asset(HERE + "dom.js", SCRIPT),
            "/assets/feed.js", new Asset(HERE + "feed.js", SCRIPT),
            "/assets/list.js", new Asset(HERE + "list.js", SCRIPT),
            "/assets/run.js", new Asset(HERE + "run.js", SCRIPT),
            "/assets/theme.js", new Asset(HERE + "theme.js", SCRIPT),
            "/assets/chart.js", new Asset("/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js", SCRIPT));

    private Assets() {}

    /**
     * A file of the page.
     *
     * @param resource its location on the class path
     * @param type its media type
     */
    record Asset(String resource, String type) {
        byte[] bytes() {
            try (var in = Assets.class.getResourceAsStream(resource)) {
                if (in == null) {
                    throw new IllegalStateException("not on the class path: " + resource);
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The file at an address. */
    static Optional<Asset> at(String path) {
        return Optional.ofNullable(ALL.get(path));
    }
}
