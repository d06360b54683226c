package dev.tandem.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RankEnvironmentTest {
    private static final Map<String, String> WHOLE =
            Map.of("RANK", "3", "WORLD_SIZE", "8", "LOCAL_RANK", "1", "MASTER_ADDR", "node0", "MASTER_PORT", "29500");

    @Test
    void isReadAsTorchrunSetsIt() {
        var environment = RankEnvironment.of(WHOLE).orElseThrow();
        assertThat(environment).isEqualTo(new RankEnvironment(3, 8, 1, "node0", 29_500, Duration.ofMinutes(30)));
        assertThat(RankEnvironment.of(environment.variables())).contains(environment);
    }

    @Test
    void aProcessByItselfHasNone() {
        assertThat(RankEnvironment.of(Map.of("MASTER_ADDR", "node0"))).isEmpty();
        assertThat(RankEnvironment.of(Map.of("RANK", "0", "WORLD_SIZE", "1"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RANK | 8 | RANK is '8', a number from 0 to 7 was expected",
                "RANK | -1 | RANK is '-1'",
                "RANK | two | RANK is 'two'",
                "WORLD_SIZE | 0 | WORLD_SIZE is '0', a number from 1 to 65536",
                "MASTER_PORT | 0 | MASTER_PORT is '0', a number from 1 to 65535",
                "TANDEM_RANK_TIMEOUT | 0 | TANDEM_RANK_TIMEOUT is '0'",
                "MASTER_ADDR | | The environment variable MASTER_ADDR is missing. A rank needs all of RANK, WORLD_SIZE",
                "RANK | | The environment variable RANK is missing",
            })
    void mistakesAreExplained(String name, String value, String message) {
        var changed = new HashMap<>(WHOLE);
        if (value == null) {
            changed.remove(name);
        } else {
            changed.put(name, value);
        }
        assertThatThrownBy(() -> RankEnvironment.of(changed))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
    }
}
