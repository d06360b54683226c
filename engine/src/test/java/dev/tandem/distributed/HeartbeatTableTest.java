package dev.tandem.distributed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeartbeatTableTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    void aRankWhoseBeatStandsStillIsSilent() {
        var table = new HeartbeatTable(1, 3);
        assertThat(table.absent()).containsExactly(0, 2);
        table.record(List.of(beat(1), beat(1), beat(1)), Duration.ofSeconds(1));
        assertThat(table.absent()).isEmpty();
        // the beats of 2 stop, those of 0 continue
        table.record(List.of(beat(2), beat(2), beat(1)), Duration.ofSeconds(11));
        assertThat(table.silent(LIMIT, Duration.ofSeconds(11))).isEmpty();
        table.record(List.of(beat(3), beat(3), beat(1)), Duration.ofSeconds(12));
        assertThat(table.silent(LIMIT, Duration.ofSeconds(12))).hasValue(2);
        table.record(List.of(beat(4), beat(4), beat(2)), Duration.ofSeconds(13));
        assertThat(table.silent(LIMIT, Duration.ofSeconds(13))).isEmpty();
        // the store itself is silent, which rank 0 hosts
        assertThat(table.silent(LIMIT, Duration.ofSeconds(24))).hasValue(0);
    }

    @Test
    void timeInWhichTheProcessWasStoppedDoesNotCount() {
        var nanos = new AtomicLong();
        var clock = new AwakeClock(nanos::get);
        nanos.set(Duration.ofMillis(700).toNanos());
        assertThat(clock.now()).hasMillis(700);
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(clock.now()).hasMillis(1_700);
    }

    @Test
    void beatsAreLines() {
        var beat = new Heartbeat(7, Heartbeat.State.WORKING, 65, "at what | a\nlistener calls it");
        var read = Heartbeat.parse(beat.text()).orElseThrow();
        assertThat(read).isEqualTo(new Heartbeat(7, Heartbeat.State.WORKING, 65, "at what | a listener calls it"));
        assertThat(new Heartbeat(1, Heartbeat.State.WORKING, 65, "in step 17").words())
                .isEqualTo("in step 17 for 65 s");
        assertThat(Heartbeat.parse("")).isEmpty();
        assertThat(Heartbeat.parse("1|RESTING|2|x")).isEmpty();
    }

    private static Optional<Heartbeat> beat(long count) {
        return Optional.of(new Heartbeat(count, Heartbeat.State.WORKING, 0, "at work"));
    }
}
