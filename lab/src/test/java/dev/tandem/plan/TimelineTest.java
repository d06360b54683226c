package dev.tandem.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.recipe.ZeroStage;
import dev.tandem.train.zero.ModelPass;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Against timelines drawn by hand: an embedding of 4 elements, blocks of 2 and 6, a head of 8, and a network that takes a
 * second for an element. A block takes 3 s forward and 6 s backward, the head 5 s each.
 */
class TimelineTest {
    private static final Cluster NETWORK = new Cluster(2, 1, 1, 1, 2, 2, 0);
    private static final List<ParameterUnit> UNITS = List.of(unit(4), unit(2), unit(6), unit(8));

    private static ParameterUnit unit(long elements) {
        return new ParameterUnit(elements, 0, 0);
    }

    @Test
    void gathersGoAheadAsFarAsThereAreBuffersAndSumsTakeTurnsWithThem() {
        var timeline = timeline(ZeroStage.PARAMETERS);
        // gathers: embedding 0-4, blocks 4-6 and 6-12, the head once the embedding is done with, 12-20
        // computed: blocks 6-9 and 12-15, head 20-25 and 25-30, blocks 30-36 and 36-42
        // sums: head 30-38, blocks 38-44 and 44-46, embedding 46-50
        timeline.passes(pass(), true, 1);
        assertThat(timeline.clock()).isEqualTo(new Timeline.Clock(42, 50, 28, 40, 2 * 20, 2 * 20));
        assertThat(timeline.clock().time().exposed()).isEqualTo(22);

        // both blocks are still there: of parameters only embedding and head are brought again
        timeline.passes(pass(), true, 1);
        assertThat(timeline.clock().parameterBytes()).isEqualTo(2 * (20 + 12));
        timeline.forgetTrained();
        timeline.passes(pass(), true, 1);
        assertThat(timeline.clock().parameterBytes()).isEqualTo(2 * (20 + 12 + 20));
    }

    @Test
    void aGradientWaitsForItsBuffer() {
        // blocks are one bucket. computed: forward until 11, head 11-16, blocks 16-28; the embedding has the head's
        // buffer,
        // which is free at 24; sums: head 16-24, blocks 28-36, embedding 36-40
        var timeline = timeline(ZeroStage.GRADIENTS);
        timeline.passes(pass(), true, 1);
        assertThat(timeline.clock()).isEqualTo(new Timeline.Clock(28, 40, 28, 20, 2 * 20, 0));
        // the next pass begins immediately, its head waits until 40 and not until its own time, 39; blocks do not wait
        timeline.passes(pass(), true, 1);
        assertThat(timeline.clock().now()).isEqualTo(40 + 5 + 12);
        timeline.publish();
        assertThat(timeline.clock().parameterBytes()).isEqualTo(2 * 20);
    }

    @Test
    void manyPassesTakeWhatFewDo() {
        var one = timeline(ZeroStage.PARAMETERS);
        for (var i = 0; i < 20; i++) {
            one.passes(pass(), true, 1);
        }
        var many = timeline(ZeroStage.PARAMETERS);
        many.passes(pass(), true, 20);
        assertThat(many.clock()).isEqualTo(one.clock());
    }

    private static Timeline timeline(ZeroStage stage) {
        return new Timeline(new ShardLayout(stage, 2, UNITS, 2), NETWORK);
    }

    private static List<Timeline.Stop> pass() {
        var seconds = List.of(0, 3, 3, 5, 5, 6, 6, 0);
        var visits = new ModelPass(true, true, true, true).visits(2, 3);
        var stops = new ArrayList<Timeline.Stop>();
        for (var i = 0; i < visits.size(); i++) {
            stops.add(new Timeline.Stop(visits.get(i), seconds.get(i)));
        }
        return stops;
    }
}
