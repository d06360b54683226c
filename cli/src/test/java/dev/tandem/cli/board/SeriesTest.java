package dev.tandem.cli.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SeriesTest {
    private static float[] floats(Map<String, Object> points, String field) {
        return (float[]) points.get(field);
    }

    @Test
    void aMillionValuesStayFewPointsAndNoOutlierIsLost() {
        var series = new Series();
        var random = new Random(3);
        var sum = 0.0;
        for (var i = 0; i < 1_000_000; i++) {
            var value = i == 765_432 ? 99 : i == 123_456 ? -99 : random.nextDouble();
            sum += value;
            series.add(i, i * 0.5, value);
            assertThat(series.size() <= Series.MAX).isTrue();
        }
        var points = series.since(Series.Mark.NOTHING);
        assertThat(series.size()).isGreaterThan(Series.MAX / 2 - 1);
        assertThat(floats(points, "max")).contains(99f);
        assertThat(floats(points, "min")).contains(-99f);
        var steps = (int[]) points.get("step");
        assertThat(steps).isSorted();
        assertThat(steps[steps.length - 1]).isEqualTo(999_999);
        var mean = 0.0;
        var before = -1;
        for (var i = 0; i < steps.length; i++) {
            mean += floats(points, "mean")[i] * (steps[i] - before);
            before = steps[i];
        }
        assertThat(mean / 1e6).isCloseTo(sum / 1e6, within(1e-4));
    }

    @Test
    void oneWhoFollowsHasWhatOneWhoComesLateGets() {
        var series = new Series();
        var random = new Random(4);
        var kept = new java.util.ArrayList<Integer>();
        var mark = Series.Mark.NOTHING;
        for (var i = 0; i < 5000; i++) {
            series.add(i, i, random.nextDouble());
            if (random.nextInt(40) == 0) {
                mark = follow(series, mark, kept);
            }
        }
        follow(series, mark, kept);
        var all = (int[]) series.since(Series.Mark.NOTHING).get("step");
        assertThat(kept)
                .containsExactlyElementsOf(java.util.Arrays.stream(all).boxed().toList());
    }

    private static Series.Mark follow(Series series, Series.Mark mark, java.util.List<Integer> kept) {
        var news = series.since(mark);
        var from = (Integer) news.get("from");
        kept.subList(from, kept.size()).clear();
        for (var step : (int[]) news.get("step")) {
            kept.add(step);
        }
        assertThat(series.isSeen(series.mark())).isTrue();
        return series.mark();
    }

    @Test
    void whatIsNotFiniteIsLeftOut() {
        var series = new Series();
        series.add(0, 0, Double.NaN);
        series.add(1, 1, Double.POSITIVE_INFINITY);
        assertThat(series.size()).isZero();
        assertThat(series.isSeen(Series.Mark.NOTHING)).isTrue();
    }
}
