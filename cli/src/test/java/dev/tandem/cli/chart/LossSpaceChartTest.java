package dev.tandem.cli.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.style.Styler.LegendPosition;

class LossSpaceChartTest {
    private static final LossSpaceChart.Ideal IDEAL = new LossSpaceChart.Ideal(0.55, 0.06);

    @TempDir
    Path folder;

    @Test
    void drawsEveryMethodInItsColourAtThePublishedSize() throws IOException {
        var picture = draw(methods());

        assertThat(picture.getWidth()).isEqualTo(LossSpaceChart.WIDTH);
        assertThat(picture.getHeight()).isEqualTo(LossSpaceChart.HEIGHT);
        assertThat(colours(picture))
                .hasSizeGreaterThan(50)
                .contains(0xFFFFFF, 0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00);
    }

    @Test
    void drawsASinglePointAndLeavesOutWhatIsNotFinite() throws IOException {
        var picture = draw(List.of(
                new LossSpaceChart.Trajectory("only", List.of(point(0, 1, 0.7), point(1, Double.NaN, 0.2)), 0),
                new LossSpaceChart.Trajectory("nothing", List.of(point(0, Double.POSITIVE_INFINITY, 1)), 1)));

        assertThat(colours(picture)).contains(0x0072B2).doesNotContain(0xD55E00);
    }

    @Test
    void drawsTheSameBytesForTheSameRuns() throws IOException {
        var first = folder.resolve("a.png");
        var second = folder.resolve("b.png");
        LossSpaceChart.write(first, "Loss space", methods(), IDEAL);
        LossSpaceChart.write(second, "Loss space", methods(), IDEAL);
        assertThat(Files.readAllBytes(second)).isEqualTo(Files.readAllBytes(first));
    }

    @Test
    void putsTheLegendWhereNoWayPasses() {
        var ideal = new LossSpaceChart.Ideal(0, 0);
        var down = new LossSpaceChart.Trajectory("down", List.of(point(0, 1, 1), point(1, 0.1, 0.1)), 0);
        var round = new LossSpaceChart.Trajectory("round", List.of(point(0, 1, 1), point(1, 0, 1), point(2, 1, 0)), 1);

        assertThat(LossSpaceFrame.around(List.of(down), ideal, 0.3, 0.3).legend())
                .isEqualTo(LegendPosition.InsideNW);
        var crowded = LossSpaceFrame.around(List.of(down, round), ideal, 0.3, 0.3);
        assertThat(crowded.legend()).isEqualTo(LegendPosition.InsideNE);
        assertThat(1 - crowded.bottom()).isLessThan(0.7 * (crowded.top() - crowded.bottom()));
    }

    @Test
    void drawsVectors() throws IOException {
        var file = folder.resolve("chart.svg");
        LossSpaceChart.write(file, "Loss space", methods(), IDEAL, new LossSpaceChart.Axes("A loss", "B loss"));
        assertThat(file).content().contains("<svg");
    }

    @Test
    void saysSoWhenThereIsNothingToDraw() {
        var target = folder.resolve("chart.png");
        assertThatThrownBy(() -> LossSpaceChart.write(target, "Loss space", List.of(), IDEAL))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("chart.png")
                .hasMessageContaining("finite");
        assertThat(target).doesNotExist();
    }

    @Test
    void explainsAJavaWithoutFonts() {
        assertThatThrownBy(() -> ChartFiles.drawing(folder.resolve("chart.png"), () -> {
                    throw new InternalError("Fontconfig head is null");
                }))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("chart.png")
                .hasMessageContaining("font");
        assertThatThrownBy(() -> ChartFiles.drawing(folder.resolve("chart.png"), () -> {
                    throw new NoClassDefFoundError("sun.awt.X11FontManager");
                }))
                .isInstanceOf(UserException.class);
    }

    private BufferedImage draw(List<LossSpaceChart.Trajectory> trajectories) throws IOException {
        var file = folder.resolve("chart.png");
        LossSpaceChart.write(file, "Loss space", trajectories, IDEAL);
        return ImageIO.read(file.toFile());
    }

    private static HashSet<Integer> colours(BufferedImage picture) {
        var colours = new HashSet<Integer>();
        for (var y = 0; y < picture.getHeight(); y++) {
            for (var x = 0; x < picture.getWidth(); x++) {
                colours.add(picture.getRGB(x, y) & 0xFFFFFF);
            }
        }
        return colours;
    }

    private static LossSpaceChart.Point point(int step, double sft, double preference) {
        return new LossSpaceChart.Point(step, sft, preference);
    }

    /** Five runs shaped like those of a comparison: two that turn a corner, three that go straight. */
    private static List<LossSpaceChart.Trajectory> methods() {
        var random = new SplittableRandom(3);
        return List.of(
                way(
                        0,
                        "Sequential, SFT first",
                        List.of(point(0, 1.6, 0.69), point(10, 0.58, 0.8), point(20, 2.1, 0.09)),
                        random),
                way(
                        1,
                        "Sequential, DPO first",
                        List.of(point(0, 1.6, 0.69), point(10, 2.4, 0.08), point(20, 0.62, 0.55)),
                        random),
                way(2, "Mix", List.of(point(0, 1.6, 0.69), point(20, 0.72, 0.12)), random),
                way(3, "ALRIGHT", List.of(point(0, 1.6, 0.69), point(20, 0.75, 0.2)), random),
                way(4, "MAXRIGHT", List.of(point(0, 1.6, 0.69), point(20, 0.7, 0.15)), random));
    }

    /** A path through the given corners that slows down towards each, with a little noise. */
    private static LossSpaceChart.Trajectory way(
            int look, String method, List<LossSpaceChart.Point> corners, SplittableRandom random) {
        var points = new ArrayList<>(List.of(corners.get(0)));
        for (var corner = 1; corner < corners.size(); corner++) {
            var from = corners.get(corner - 1);
            var to = corners.get(corner);
            for (var i = 1; i <= 12; i++) {
                var across = 1 - Math.exp(-i / 2.5);
                var up = 1 - Math.exp(-i / 4.0);
                points.add(point(
                        i,
                        from.sftLoss() + across * (to.sftLoss() - from.sftLoss()) + 0.01 * random.nextDouble(),
                        from.preferenceLoss()
                                + up * (to.preferenceLoss() - from.preferenceLoss())
                                + 0.01 * random.nextDouble()));
            }
        }
        return new LossSpaceChart.Trajectory(method, points, look);
    }
}
