package dev.tandem.train.zero;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.recipe.ZeroStage;
import dev.tandem.tensor.flat.BufferRing;
import dev.tandem.tensor.flat.FlatLayout;
import dev.tandem.train.zero.ModelPass.Visit;
import dev.tandem.train.zero.UnitSchedule.Gather;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The schedule under replicas, gathers and reductions that proceed in any order. */
class UnitScheduleTest {

    /** A model whose units have random sizes, some of them nothing to train, and what its buffers hold. */
    private static final class World {
        private final Random random;
        private final boolean splitsParameters;
        private final boolean splitsGradients;
        private final int blocks;
        private final int head;
        private final int[] trained;
        private final boolean[] frozen;
        private final BufferRing ring;
        private final BufferRing gradientRing;
        private final FlatLayout layout;
        private final UnitSchedule schedule;
        private final int replicas;

        /** What is in each buffer of parameters; values are forgotten when they change. */
        private final Map<Integer, Integer> trainedThere = new HashMap<>();

        private final Map<Integer, Integer> frozenThere = new HashMap<>();
        private final Deque<Gather> gathers = new ArrayDeque<>();
        private final Deque<Integer> reductions = new ArrayDeque<>();

        /** Which bucket's gradient is in each buffer. */
        private final Map<Integer, Integer> gradients = new HashMap<>();

        private int gathered;

        World(long seed, ZeroStage stage) {
            random = new Random(seed);
            splitsParameters = stage.splits(ZeroStage.PARAMETERS);
            splitsGradients = stage.splits(ZeroStage.GRADIENTS);
            blocks = 1 + random.nextInt(7);
            head = random.nextBoolean() ? blocks + 1 : 0;
            var units = blocks + 1 + (head > 0 ? 1 : 0);
            trained = random.ints(units, 0, 3).toArray();
            frozen = new boolean[units];
            for (var i = 0; i < units; i++) {
                frozen[i] = random.nextBoolean();
            }
            ring = BufferRing.ofParameters(blocks);
            gradientRing = BufferRing.ofGradients(blocks);
            var shapes = IntStream.range(0, units)
                    .<Map<String, long[]>>mapToObj(i ->
                            trained[i] > 0 ? Map.of("unit " + i, new long[] {2L * trained[i]}) : Map.of())
                    .toList();
            layout = FlatLayout.of(shapes, ring, name -> true, 2, random.nextBoolean() || splitsParameters);
            schedule = new UnitSchedule(layout, ring, splitsParameters, splitsGradients, unit -> frozen[unit]);
            replicas = 1 + random.nextInt(3);
        }

        /** A pass in which everything that can happen next happens in a random order. @return buckets that were reduced */
        List<Integer> pass(ModelPass passage, boolean reduces) {
            var visits = passage.visits(blocks, head);
            var positions = new int[replicas];
            var inside = new boolean[replicas];
            var reduced = new ArrayList<Integer>();
            schedule.begin(visits, replicas, reduces);
            gathers.addAll(schedule.startable());
            while (Arrays.stream(positions).anyMatch(p -> p < visits.size())) {
                var acted = switch (random.nextInt(3)) {
                    case 0 -> gather();
                    case 1 -> reduce(reduced);
                    default -> move(random.nextInt(replicas), visits, positions, inside, reduced);
                };
                if (!acted) {
                    // nothing else may be possible: then something must be
                    var any = gather() || reduce(reduced);
                    for (var replica = 0; replica < replicas; replica++) {
                        any |= move(replica, visits, positions, inside, reduced);
                    }
                    assertThat(any).as("a deadlock in %s", visits).isTrue();
                }
            }
            assertThat(gathers).isEmpty();
            schedule.end();
            return reduced;
        }

        private boolean gather() {
            if (gathers.isEmpty()) {
                return false;
            }
            var gather = gathers.remove();
            var slot = ring.slot(gather.unit());
            if (gather.trained()) {
                trainedThere.put(slot, gather.unit());
                gathered++;
            }
            if (gather.frozen()) {
                frozenThere.put(slot, gather.unit());
                gathered++;
            }
            schedule.arrived(gather.position());
            return true;
        }

        private boolean reduce(List<Integer> reduced) {
            if (reductions.isEmpty()) {
                return false;
            }
            var bucket = reductions.remove();
            gradients.values().removeIf(b -> b.equals(bucket));
            schedule.reduced(bucket);
            reduced.add(bucket);
            return true;
        }

        private boolean move(
                int replica, List<Visit> visits, int[] positions, boolean[] inside, List<Integer> reduced) {
            if (positions[replica] == visits.size()) {
                return false;
            }
            var visit = visits.get(positions[replica]);
            if (!inside[replica]) {
                inside[replica] = schedule.tryEnter(positions[replica], visit.unit());
                if (inside[replica]) {
                    requireThere(visit);
                }
                return inside[replica];
            }
            requireThere(visit);
            inside[replica] = false;
            var complete = schedule.left(positions[replica]++, visit.unit());
            gathers.addAll(schedule.startable());
            complete.ifPresent(reductions::add);
            return true;
        }

        /** What a replica that is at a stop needs, from its first moment to its last. */
        private void requireThere(Visit visit) {
            var unit = visit.unit();
            if (splitsParameters && visit.needsParameters()) {
                if (trained[unit] > 0) {
                    assertThat(trainedThere).containsEntry(ring.slot(unit), unit);
                }
                if (frozen[unit]) {
                    assertThat(frozenThere).containsEntry(ring.slot(unit), unit);
                }
            }
            if (splitsGradients && visit.backward() && trained[unit] > 0) {
                var bucket = layout.bucketOf(unit);
                var other = gradients.putIfAbsent(layout.slot(bucket, gradientRing), bucket);
                assertThat(other == null || other == bucket)
                        .as("bucket %s adds to the buffer of %s", bucket, other)
                        .isTrue();
                assertThat(reductions).as("reduced while a replica adds to it").doesNotContain(bucket);
            }
        }

        void update() {
            reductions.forEach(schedule::reduced);
            reductions.clear();
            gradients.clear();
            schedule.forgetTrained();
            trainedThere.clear();
        }

        private Set<Integer> trainedBuckets() {
            var result = new HashSet<Integer>();
            for (var unit = 0; unit < trained.length; unit++) {
                if (trained[unit] > 0) {
                    result.add(layout.bucketOf(unit));
                }
            }
            return result;
        }
    }

    @ParameterizedTest
    @EnumSource(ZeroStage.class)
    void nothingIsMissingOverwrittenOrReducedTwice(ZeroStage stage) {
        for (var seed = 0; seed < 200; seed++) {
            var world = new World(seed, stage);
            for (var step = 0; step < 3; step++) {
                for (var microBatch = 0; microBatch < 3; microBatch++) {
                    var last = microBatch == 2;
                    var reduces = last || stage.splits(ZeroStage.GRADIENTS);
                    var before = new ArrayList<>(world.reductions);
                    // a head that is trained is read again
                    var headAgain = world.trained[world.head] > 0 || world.random.nextBoolean();
                    var reduced = world.pass(new ModelPass(true, true, headAgain, last), reduces);
                    reduced.addAll(world.reductions);
                    before.forEach(reduced::remove);
                    assertThat(reduced).doesNotHaveDuplicates();
                    assertThat(Set.copyOf(reduced)).isEqualTo(reduces ? world.trainedBuckets() : Set.of());
                }
                assertThat(world.schedule.isReducing()).isEqualTo(!world.reductions.isEmpty());
                world.update();
                assertThat(world.schedule.isReducing()).isFalse();
            }
            assertThat(world.pass(ModelPass.FORWARD, false)).isEmpty();
        }
    }

    @Test
    void aModelWhoseBlocksFitIsGatheredOnce() {
        var layout = FlatLayout.of(
                List.of(Map.of("e", new long[] {2}), Map.of("a", new long[] {2}), Map.of("b", new long[] {2})),
                BufferRing.ofParameters(2),
                name -> true,
                2,
                true);
        var schedule = new UnitSchedule(layout, BufferRing.ofParameters(2), true, true, unit -> false);
        var visits = ModelPass.FORWARD.visits(2, 0);
        schedule.begin(visits, 1, false);
        // there is a buffer for each unit: the head is the embedding, which is there
        assertThat(schedule.startable())
                .containsExactly(
                        new Gather(0, 0, true, false),
                        new Gather(1, 1, true, false),
                        new Gather(2, 2, true, false),
                        new Gather(3, 0, false, false));
        assertThat(schedule.startable()).isEmpty();
        assertThat(schedule.tryEnter(0, 0)).isFalse();
        schedule.arrived(0);
        assertThat(schedule.tryEnter(0, 0)).isTrue();
        assertThatThrownBy(() -> schedule.tryEnter(0, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("stop 0 is not at unit 1 in ");
        schedule.end();
        assertThat(schedule.isIdle()).isTrue();
    }
}
