package dev.tandem.cli.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.browser.Browser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The board as a reader sees it, in a real Chromium. Keeps pictures in {@code target/board}. */
class BoardBrowserTest {
    private static final Path PICTURES = Path.of("target", "board");
    private static final String HOSTILE = "<img src=x onerror=alert(1)>";

    private static final String OUTSIDE = """
            return [...document.querySelectorAll('canvas')].map((n) => Chart.getChart(n)).filter(Boolean).flatMap((chart) =>
              chart.data.datasets.flatMap((set) => set.data.filter((p) => p.y > chart.scales.y.max || p.y < chart.scales.y.min
                || p.x > chart.scales.x.max || p.x < chart.scales.x.min)
                .map((p) => `${chart.canvas.ariaLabel} ${set.label} ${p.x} ${p.y} of ${chart.scales.y.max}`)));
            """;

    @TempDir
    static Path root;

    private static Browser browser;
    private static RunFolder live;

    private Board board;

    @BeforeAll
    static void runs() throws IOException {
        browser = Browser.open();
        live = new RunFolder(root.resolve("demo/maxright"))
                .recipe("{name: maxright, lambda: 0.5}")
                .running()
                .message("Policy: qwen3, 1,234 trainable parameters")
                .steps(60);
        new RunFolder(root.resolve("demo/mix"))
                .recipe("{name: mix, lambda: 0.5}")
                .completed()
                .steps(240);
        new RunFolder(root.resolve("demo/alright"))
                .recipe("{name: alright, lambda: 0.25}")
                .state("failed", 1, "here", 240)
                .steps(120);
        new RunFolder(root.resolve(HOSTILE.replace("/", ""))).completed().steps(20);
        Files.writeString(
                root.resolve("demo/report.html"),
                "<!doctype html><title>Report</title><p id=p>no</p><script>document.getElementById('p').textContent = 'ran'"
                        + "</script>");
    }

    @BeforeEach
    void open() {
        board = Board.open(new Board.Settings(root, "127.0.0.1", 0, Optional.empty()));
        browser.colourScheme("light");
        browser.driver().manage().window().setSize(new Dimension(1280, 900));
        browser.driver().get(board.url());
        waitFor("tbody tr");
    }

    @AfterEach
    void noComplaints() {
        var complaints = browser.complaints();
        browser.driver().get("about:blank");
        board.close();
        assertThat(complaints).isEmpty();
    }

    @AfterAll
    static void close() {
        Optional.ofNullable(browser).ifPresent(Browser::close);
    }

    @Test
    void listsRunsAndFiltersThem() throws IOException {
        picture("list");
        assertThat(texts("tbody .runname"))
                .containsExactlyInAnyOrder("demo/maxright", "demo/mix", "demo/alright", HOSTILE.replace("/", ""));
        assertThat(texts(".badge")).contains("running", "completed", "failed");
        find("#filter").sendKeys("failed alright");
        browser.patiently().until(d -> all("tbody tr").size() == 1);
        find("#filter").clear();
        find("#filter").sendKeys("nothing like it");
        waitFor(".nothing p");
        assertThat(find(".nothing").getText()).contains("No run matches");
    }

    @Test
    void followsARunThatGoesOn() throws IOException {
        openRun("demo/maxright");
        var before = points("Losses");
        live.steps(30).message("Checkpoint written after step 90");
        browser.patiently().until(d -> find("main").getText().contains("Checkpoint written after step 90"));
        browser.patiently().until(d -> points("Losses") > before);
        browser.patiently().until(d -> find(".facts").getText().contains(" / 240"));
        assertThat(points("Loss space")).isGreaterThanOrEqualTo(9);
        find("summary").click();
        assertThat(find("pre").getText()).contains("name: maxright");
        find("summary").click();
        picture("run");
        button("Seconds").click();
        assertThat(find("button[aria-pressed=true]").getText()).isEqualTo("Seconds");
    }

    @Test
    void comparesRunsAndSwitchesMethodsOff() throws IOException {
        List.of("demo/mix", "demo/maxright")
                .forEach(
                        name -> find("input[aria-label='Compare " + name + "']").click());
        find("#compare").click();
        waitFor(".legend button");
        browser.patiently().until(d -> datasets("Loss space") == 2);
        picture("compare");
        all(".legend button").get(0).click();
        browser.patiently().until(d -> datasets("Loss space") == 1);
        assertThat(all(".legend button").get(0).getDomAttribute("aria-pressed")).isEqualTo("false");
        all(".legend button").get(0).click();
        browser.patiently().until(d -> datasets("Loss space") == 2);
    }

    @Test
    void theKeyboardIsEnough() {
        for (var i = 0; i < 40 && !active().getText().equals("demo/mix"); i++) {
            active().sendKeys(Keys.TAB);
        }
        assertThat(active().getText()).isEqualTo("demo/mix");
        assertThat(active().getCssValue("outline-style")).isEqualTo("solid");
        active().sendKeys(Keys.ENTER);
        browser.patiently().until(d -> heading().equals("demo/mix"));
        assertThat(active().getTagName()).isEqualTo("main");
    }

    @Test
    void lightAndDarkCanBeReadOnDesksAndPhones() throws IOException {
        for (var width : List.of(1280, 390)) {
            browser.driver().manage().window().setSize(new Dimension(Math.max(width, 500), 900));
            browser.width(width);
            for (var scheme : List.of("light", "dark")) {
                browser.colourScheme(scheme);
                browser.driver().get(board.url() + "#");
                waitFor("tbody tr");
                looksRight("list", width, scheme);
                openRun("demo/alright");
                looksRight("run", width, scheme);
                browser.driver().get(board.url() + "#compare=" + id("demo/mix") + "," + id("demo/alright"));
                browser.patiently().until(d -> heading().equals("Comparison") && datasets("Loss space") == 2);
                looksRight("compare", width, scheme);
            }
        }
        browser.width(0);
    }

    @Test
    void theSwitchChangesTheColoursAndIsKept() {
        button("Dark").click();
        assertThat(theme()).isEqualTo("dark");
        browser.driver().navigate().refresh();
        assertThat(theme()).isEqualTo("dark");
        button("Light").click();
        assertThat(theme()).isEqualTo("light");
        browser.driver().executeScript("localStorage.clear()");
    }

    @Test
    void anEmptyFolderSaysWhatToDo() throws IOException {
        try (var empty = Board.open(
                new Board.Settings(Files.createTempDirectory(root, "empty"), "127.0.0.1", 0, Optional.empty()))) {
            browser.driver().get(empty.url());
            browser.patiently().until(d -> find(".nothing").getText().contains("tandem train RECIPE.yaml"));
            picture("empty");
            browser.driver().get("about:blank"); // before the server stops
        }
    }

    @Test
    void aReportOpensShutOff() {
        browser.driver().get(board.url() + "report?id=" + id("demo"));
        assertThat(find("#p").getText()).isEqualTo("ran");
        assertThat(browser.driver().executeScript("return self.origin")).isEqualTo("null");
    }

    private void looksRight(String view, int width, String scheme) throws IOException {
        picture(view + "-" + width + "-" + scheme);
        assertThat(theme()).isEqualTo(scheme);
        assertThat(browser.driver().executeScript(OUTSIDE))
                .as("points outside of their chart")
                .isEqualTo(List.of());
        assertThat(
                        (Boolean)
                                browser.driver()
                                        .executeScript(
                                                "return [document.documentElement,"
                                                        + " ...document.querySelectorAll('.scroll')].every(n => n.scrollWidth <= n.clientWidth)"))
                .as("nothing sticks out: " + view + " " + width)
                .isTrue();
        assertThat(browser.driver().executeScript(Contrast.SCRIPT))
                .as("texts hard to read: " + view + " " + scheme)
                .isEqualTo(List.of());
    }

    private String theme() {
        return String.valueOf(browser.driver().executeScript("return document.documentElement.dataset.theme"));
    }

    private static String id(String name) {
        try {
            var digest = java.security.MessageDigest.getInstance("SHA-256")
                    .digest(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return java.util.HexFormat.of().formatHex(digest, 0, 8);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void openRun(String name) {
        browser.driver().findElement(By.linkText(name)).click();
        browser.patiently().until(d -> heading().equals(name) && points("Losses") > 0);
    }

    private static WebElement find(String css) {
        return browser.driver().findElement(By.cssSelector(css));
    }

    private static List<WebElement> all(String css) {
        return browser.driver().findElements(By.cssSelector(css));
    }

    private static List<String> texts(String css) {
        return all(css).stream().map(WebElement::getText).toList();
    }

    private static WebElement active() {
        return browser.driver().switchTo().activeElement();
    }

    private static WebElement button(String text) {
        return all("button").stream()
                .filter(b -> b.getText().equals(text))
                .findFirst()
                .orElseThrow();
    }

    private static String heading() {
        return String.valueOf(browser.driver().executeScript("return document.querySelector('h1')?.textContent"));
    }

    private static void waitFor(String css) {
        browser.patiently().until(d -> !all(css).isEmpty());
    }

    private static long points(String chart) {
        return chart(chart, "c ? c.data.datasets.reduce((n, d) => n + d.data.length, 0) : 0");
    }

    private static long datasets(String chart) {
        return chart(chart, "c ? c.data.datasets.length : 0");
    }

    private static long chart(String title, String expression) {
        return (Long) browser.driver()
                .executeScript(
                        "const canvas = [...document.querySelectorAll('canvas')].find(n => n.ariaLabel.startsWith(arguments[0]));"
                                + "const c = canvas && Chart.getChart(canvas); return " + expression,
                        title);
    }

    private static void picture(String name) throws IOException {
        browser.screenshot(PICTURES.resolve(name + ".png"));
    }
}
