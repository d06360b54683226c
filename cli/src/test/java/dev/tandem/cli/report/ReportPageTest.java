package dev.tandem.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.browser.Browser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;

/** The page in a real browser, opened from the disk. */
class ReportPageTest {
    @TempDir
    static Path folder;

    private static Browser browser;

    private static Path page;

    @BeforeAll
    static void open() {
        browser = Browser.open();
        SyntheticComparison.write(folder);
        page = ReportWriter.write(folder);
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void load() {
        browser.colourScheme("light");
        resize(1280, 900);
        browser.driver().get(page.toUri().toString());
    }

    @Test
    void opensWithoutComplaintsAndWithoutTheNetwork() {
        assertThat(sections())
                .containsExactly(
                        "results",
                        "benchmarks",
                        "loss-space",
                        "measures",
                        "curves",
                        "choices",
                        "fronts",
                        "theory",
                        "samples",
                        "data",
                        "repeat");
        assertThat(text("#finding")).contains("MAXRIGHT", "nearest to the ideal point");
        assertThat((List<?>) js("return performance.getEntriesByType('resource').map(entry => entry.name)"))
                .isEmpty();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void refusesWhatThePolicyDoesNotKnow() {
        assertThat(js("const s = document.createElement('script'); s.textContent = 'window.intruder = 1';"
                        + "document.body.append(s); return window.intruder === undefined"))
                .isEqualTo(true);
        browser.complaints();
    }

    @Test
    void aMethodSwitchedOffLeavesTheCharts() {
        assertThat(drawn("trajectories")).hasSize(5);
        click("#loss-space [data-method=mix]");
        assertThat(drawn("trajectories")).hasSize(4).doesNotContain("mix");
        assertThat(drawn("fronts")).doesNotContain("mix");
        click("#curves [data-method=mix]");
        assertThat(drawn("trajectories")).contains("mix");
    }

    @Test
    void filtersByLambdaAndSeed() {
        assertThat(labels("trajectories")).contains("Mix, λ 0.5, seed 42").doesNotContain("Mix, λ 0.25, seed 42");
        button("#loss-space", "0.25");
        assertThat(labels("trajectories")).contains("Mix, λ 0.25, seed 42").doesNotContain("Mix, λ 0.5, seed 42");
        button("#loss-space", "43");
        assertThat(labels("trajectories")).contains("Mix, λ 0.25, seed 43").hasSize(7);
        button("#loss-space .controls > :nth-child(2)", "all");
        assertThat(drawn("trajectories")).hasSize(15);
    }

    @Test
    void looksNearTheIdealPoint() {
        var whole = (Number) js("return Chart.getChart('fronts').scales.y.max");
        button("#loss-space", "near the star");
        assertThat(((Number) js("return Chart.getChart('fronts').scales.y.max")).doubleValue())
                .isLessThan(whole.doubleValue());
        assertThat(text("#outside")).contains("Sequential, preference first");
    }

    @Test
    void showsHostileTextsAsTexts() throws IOException {
        var hostile = folder.resolve("hostile");
        SyntheticComparison.write(hostile);
        var attack = "</script><img src=x onerror=document.title=1>";
        for (var place : List.of("results.json", "runs/reference/samples.json", "runs/reference/recipe.yaml")) {
            var file = hostile.resolve(place);
            var text = Files.readString(file);
            for (var word : List.of("A small model", "mix", "capital", "base", "16 cores")) {
                text = text.replace(word + " ", attack).replace("\"" + word + "\"", "\"" + attack + word + "\"");
            }
            Files.writeString(file, text);
        }

        browser.driver().get(ReportWriter.write(hostile).toUri().toString());

        assertThat(text("h1")).startsWith(attack);
        click("#samples .group:nth-child(2) button:first-child");
        assertThat(text("#prompt")).contains(attack);
        assertThat(text("#result-table")).contains(attack + "mix");
        assertThat(elements("img")).isZero();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void showsCurvesOverSecondsAndWithoutTraining() {
        var steps = js("return Chart.getChart('curve-first').scales.x.max");
        button("#curves", "seconds");
        assertThat(js("return Chart.getChart('curve-first').scales.x.max")).isNotEqualTo(steps);
        assertThat(drawn("curve-first")).hasSize(10);
        button("#curves", "hidden");
        assertThat(drawn("curve-first")).hasSize(5);
    }

    @Test
    void followsTheSchemeOfTheSystemAndTheSwitch() {
        browser.colourScheme("dark");
        browser.driver().get(page.toUri().toString());
        assertThat(background()).isEqualTo("rgb(20, 23, 28)");
        click("#theme");
        assertThat(background()).isEqualTo("rgb(255, 255, 255)");
    }

    @Test
    void comparesAnswersPromptByPrompt() {
        assertThat(text("#prompt")).isEqualTo(SyntheticComparison.PROMPTS.get(0));
        assertThat(elements("#answers .card")).isEqualTo(7);
        click("#next");
        assertThat(text("#prompt")).isEqualTo(SyntheticComparison.PROMPTS.get(1));
        assertThat(text("#answers")).contains("maxright on S");
        click("#samples [data-method=alright]");
        assertThat(elements("#answers .card")).isEqualTo(6);
    }

    @Test
    void sortsTheTable() {
        var first = "#result-table tbody tr:first-child th";
        assertThat(text(first)).isEqualTo("Sequential, SFT first");
        button("#result-table thead", "Ideal distance");
        assertThat(text(first)).isEqualTo("MAXRIGHT");
        assertThat(text("#result-table")).contains("±");
        button("#result-table thead", "Ideal distance");
        assertThat(elements("#result-table th[aria-sort=descending]")).isEqualTo(1);
    }

    @Test
    void showsWhatTheModelsReachInBenchmarks() {
        assertThat(text("#benchmark-table thead")).contains("mmlu, right answers", "wins, win rate");
        assertThat(text("#benchmark-table tbody tr:nth-child(1)"))
                .contains("Model before training", "25.0 %", "21.0 to 30.0")
                .doesNotContain("±");
        assertThat(text("#benchmark-table tbody tr:nth-child(2)")).startsWith("Reference policy");
        assertThat(elements("#benchmark-table tbody tr")).isEqualTo(17);
        assertThat(text("#benchmark-table tbody tr:last-child"))
                .contains("MAXRIGHT", "0.75", "34.8 %", "± 2.0", "30.8 to 39.8", "60.0 %");
        assertThat(text("#benchmark-table td.best")).contains("60.0");
    }

    @Test
    void isUsedByKeyboard() {
        js("document.querySelector('#loss-space [data-method=mix]').focus()");
        browser.driver().switchTo().activeElement().sendKeys(Keys.SPACE);
        assertThat(drawn("trajectories")).doesNotContain("mix");
        browser.driver().switchTo().activeElement().sendKeys(Keys.TAB);
        assertThat(js("return document.activeElement.dataset.method")).isEqualTo("alright");
        assertThat(js("return getComputedStyle(document.activeElement).outlineStyle"))
                .isEqualTo("solid");
        assertThat(js("return [...document.querySelectorAll('canvas')].every(c => c.getAttribute('aria-label'))"))
                .isEqualTo(true);
    }

    @Test
    void fitsAPhone() {
        for (var width : List.of(390, 1280)) {
            resize(width, 844);
            browser.driver().get(page.toUri().toString());
            assertThat(js("return document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                    .as("overflow at %s pixels", width)
                    .isEqualTo(0L);
        }
    }

    @Test
    void hasReadableTextInBothSchemes() throws IOException {
        for (var scheme : List.of("light", "dark")) {
            browser.colourScheme(scheme);
            browser.driver().get(page.toUri().toString());
            click("#loss-space [data-method=mix]");
            js("document.querySelectorAll('details').forEach(d => { d.open = true; })");
            assertThat((List<?>) js(resource())).as(scheme).isEmpty();
        }
    }

    /** A script that lists texts whose contrast to what is behind them is below 4.5. */
    private static String resource() throws IOException {
        try (var stream = ReportPageTest.class.getResourceAsStream("contrast.js")) {
            return new String(Objects.requireNonNull(stream).readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    private static void resize(int width, int height) {
        // a window has a minimum width, a device does not
        browser.driver()
                .executeCdpCommand(
                        "Emulation.setDeviceMetricsOverride",
                        java.util.Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        browser.driver().manage().window().setSize(new Dimension(width, height));
    }

    private static Object js(String script) {
        return browser.driver().executeScript(script);
    }

    private static List<String> sections() {
        return strings("return [...document.querySelectorAll('main > section')].map(s => s.id)");
    }

    /** Methods of the curves that a chart draws. */
    private static List<String> drawn(String chart) {
        return strings("return Chart.getChart('" + chart + "').data.datasets.map(d => d.method).filter(Boolean)");
    }

    private static List<String> labels(String chart) {
        return strings("return Chart.getChart('" + chart + "').data.datasets.map(d => d.label)");
    }

    private static List<String> strings(String script) {
        return ((List<?>) js(script)).stream().map(String::valueOf).toList();
    }

    private static Object background() {
        return js("return getComputedStyle(document.body).backgroundColor");
    }

    private static String text(String css) {
        return browser.driver().findElement(By.cssSelector(css)).getText();
    }

    private static int elements(String css) {
        return browser.driver().findElements(By.cssSelector(css)).size();
    }

    private static void click(String css) {
        js("document.querySelector('" + css + "').click()");
    }

    private static void button(String within, String text) {
        browser.driver().findElements(By.cssSelector(within + " button")).stream()
                .filter(button -> button.getText().strip().startsWith(text))
                .findFirst()
                .orElseThrow()
                .sendKeys(Keys.ENTER);
    }
}
