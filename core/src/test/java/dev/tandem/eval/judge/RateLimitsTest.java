package dev.tandem.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Limits by a clock that advances only during sleep. */
class RateLimitsTest {
    private static final long MINUTE = 60_000_000_000L;
    private long now = 17;

    private final RateLimits.Pace pace = new RateLimits.Pace() {
        @Override
        public long nanos() {
            return now;
        }

        @Override
        public void sleep(long nanos) {
            now += nanos;
        }
    };

    private record Sent(long at, long tokens) {}

    @Test
    void inNoMinuteThereAreMoreThanAllowed() {
        var random = new SplittableRandom(11);
        var limits = new RateLimits(30, 2000, pace, () -> false);
        var sent = new ArrayList<Sent>();
        for (var i = 0; i < 300; i++) {
            var tokens = random.nextInt(1, 150);
            now += random.nextLong(5_000_000_000L) / (i % 50 < 25 ? 1 : 1000);
            limits.acquire(tokens);
            sent.add(new Sent(now, tokens));
        }
        for (var first : sent) {
            var minute = sent.stream()
                    .filter(s -> s.at() >= first.at() && s.at() < first.at() + MINUTE)
                    .toList();
            assertThat(minute.size()).isLessThanOrEqualTo(30);
            // the last one's tokens may be used in the next minute
            var tokens = minute.stream().mapToLong(Sent::tokens).sum();
            assertThat(tokens - minute.get(minute.size() - 1).tokens()).isLessThanOrEqualTo(2000);
        }
    }

    @Test
    void withoutLimitsNobodyWaits() {
        var limits = new RateLimits(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, pace, () -> false);
        for (var i = 0; i < 1000; i++) {
            limits.acquire(1_000_000);
        }
        assertThat(now).isEqualTo(17);
        limits.hold(Duration.ofSeconds(3));
        limits.acquire(1);
        assertThat(now).isEqualTo(3_000_000_017L);
    }

    @Test
    void whoWaitsCanBeStopped() {
        var stopping = new ArrayList<>(List.of(false));
        var limits = new RateLimits(1, Double.POSITIVE_INFINITY, pace, () -> stopping.get(0));
        limits.acquire(1);
        stopping.set(0, true);
        assertThatThrownBy(() -> limits.acquire(1)).isInstanceOf(CancellationException.class);
        assertThat(now).isEqualTo(17);
    }
}
