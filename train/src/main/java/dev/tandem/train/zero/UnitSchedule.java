package dev.tandem.train.zero;

import dev.tandem.tensor.flat.BufferRing;
import dev.tandem.tensor.flat.FlatLayout;
import dev.tandem.train.zero.ModelPass.Visit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/**
 * When ranks exchange what they split, in passes over a model's units (ZeRO, Rajbhandari et al., 2020, arXiv 1910.02054):
 *
 * <ul>
 *   <li>the parameters of units are gathered in the order of the stops, each as early as there is a buffer for it;
 *   <li>a bucket of gradients is reduced when all of its units are complete on all replicas;
 *   <li>where gradients are split too, a bucket's buffer belongs to the next bucket when it has been reduced.
 * </ul>
 *
 * <p>This is bookkeeping alone, without threads, tensors or a clock. The engine drives it under its lock, the planner with
 * simulated time, so that the planner predicts what the engine does.
 */
public final class UnitSchedule {
    private static final int NONE = -1;

    private final FlatLayout layout;
    private final BufferRing ring;
    private final BufferRing gradientRing;
    private final boolean splitsParameters;
    private final boolean splitsGradients;
    private final IntPredicate frozen;

    /** The unit whose parameters are in each buffer, or will be when all gathers that were started have ended. */
    private final int[] heldTrained;

    private final int[] heldFrozen;

    /** The unit that each buffer is needed for, and by how many stops that were entered and not left. */
    private final int[] needed;

    private final int[] stops;

    /** The bucket whose gradient is added to in each buffer. */
    private final int[] claimed;

    /** Buffers that are being reduced. */
    private final boolean[] busy;

    /** Units of each bucket that are not complete in this pass. */
    private final int[] incomplete;

    private List<Visit> visits = List.of();
    private int replicas = 1;
    private boolean reduces;
    private int[] left = {};
    private boolean[] arrived = {};
    private int next;
    private int reducing;

    /**
     * A gather of what a stop needs. Gathers are done in the order in which they are given; one without anything to gather
     * still has to wait for those before it.
     *
     * @param position of the stop
     * @param unit whose parameters are gathered
     * @param trained whether the unit's trained parameters are not there
     * @param frozen whether its frozen ones are not there
     */
    public record Gather(int position, int unit, boolean trained, boolean frozen) {}

    /**
     * A schedule, before the first pass.
     *
     * @param layout buckets of trained parameters
     * @param ring the buffers that the parameters of units rotate through
     * @param splitsParameters whether parameters have to be gathered
     * @param splitsGradients whether gradients rotate through buffers
     * @param frozen whether a unit has parameters that are split and not trained
     */
    public UnitSchedule(
            FlatLayout layout,
            BufferRing ring,
            boolean splitsParameters,
            boolean splitsGradients,
            IntPredicate frozen) {
        this.layout = layout;
        this.ring = ring;
        this.gradientRing = BufferRing.ofGradients(ring.blocks());
        this.splitsParameters = splitsParameters;
        this.splitsGradients = splitsGradients;
        this.frozen = frozen;
        this.heldTrained = none(ring);
        this.heldFrozen = none(ring);
        this.needed = none(ring);
        this.stops = new int[ring.slots()];
        this.claimed = none(gradientRing);
        this.busy = new boolean[gradientRing.slots()];
        this.incomplete = new int[layout.buckets().size()];
    }

    private static int[] none(BufferRing ring) {
        var result = new int[ring.slots()];
        Arrays.fill(result, NONE);
        return result;
    }

    /**
     * Begins a pass.
     *
     * @param newVisits its stops in order
     * @param newReplicas replicas that visit each of them
     * @param newReduces whether buckets that become complete are reduced
     */
    public void begin(List<Visit> newVisits, int newReplicas, boolean newReduces) {
        visits = List.copyOf(newVisits);
        replicas = newReplicas;
        reduces = newReduces;
        left = new int[visits.size()];
        arrived = new boolean[visits.size()];
        next = 0;
        Arrays.setAll(incomplete, b -> layout.buckets().get(b).units().size());
    }

    /** Ends a pass. */
    public void end() {
        begin(List.of(), 1, false);
    }

    /** Whether there is no pass. */
    public boolean isIdle() {
        return visits.isEmpty();
    }

    /** Replicas that visit each stop. */
    public int replicas() {
        return replicas;
    }

    /**
     * Gathers that can be started now, as many as there are buffers for; each is given once.
     *
     * @return in order
     */
    public List<Gather> startable() {
        var result = new ArrayList<Gather>();
        for (; next < visits.size(); next++) {
            var visit = visits.get(next);
            if (!gathers(visit)) {
                arrived[next] = true;
                continue;
            }
            var slot = ring.slot(visit.unit());
            if (stops[slot] > 0 && needed[slot] != visit.unit()) {
                break;
            }
            needed[slot] = visit.unit();
            stops[slot]++;
            result.add(new Gather(
                    next,
                    visit.unit(),
                    hold(heldTrained, visit.unit(), !isEmpty(layout.bucketOf(visit.unit()))),
                    hold(heldFrozen, visit.unit(), frozen.test(visit.unit()))));
        }
        return result;
    }

    /** Notes that a unit's parameters will be in its buffer; whether they were not. */
    private boolean hold(int[] held, int unit, boolean has) {
        var slot = ring.slot(unit);
        var missing = has && held[slot] != unit;
        if (missing) {
            held[slot] = unit;
        }
        return missing;
    }

    private boolean gathers(Visit visit) {
        return splitsParameters && visit.needsParameters();
    }

    /** A gather has ended. */
    public void arrived(int position) {
        arrived[position] = true;
    }

    /**
     * Lets a replica compute a stop: its parameters are there, and its gradient has a buffer, which belongs to the unit's bucket
     * from now on until the bucket is reduced.
     *
     * @param unit of the stop
     * @return whether it may; asked again later if not
     * @throws IllegalStateException if the stop at that position is at another unit
     */
    public boolean tryEnter(int position, int unit) {
        var visit = visit(position, unit);
        return arrived[position] && (!visit.backward() || claim(layout.bucketOf(unit)));
    }

    private Visit visit(int position, int unit) {
        if (position >= visits.size() || visits.get(position).unit() != unit) {
            throw new IllegalStateException("stop " + position + " is not at unit " + unit + " in " + visits);
        }
        return visits.get(position);
    }

    /** Takes the buffer of a bucket's gradient, unless another bucket, or the same from the pass before, is in it. */
    private boolean claim(int bucket) {
        if (!splitsGradients || isEmpty(bucket)) {
            return true;
        }
        var slot = layout.slot(bucket, gradientRing);
        if (claimed[slot] == NONE && !busy[slot]) {
            claimed[slot] = bucket;
        }
        return claimed[slot] == bucket;
    }

    /**
     * A replica has left a stop. {@link #startable} may give more then.
     *
     * @param unit of the stop
     * @return the bucket that is complete with it, on all replicas, and is to be reduced
     * @throws IllegalStateException as {@link #tryEnter}
     */
    public OptionalInt left(int position, int unit) {
        var visit = visit(position, unit);
        if (++left[position] < replicas) {
            return OptionalInt.empty();
        }
        if (gathers(visit)) {
            stops[ring.slot(unit)]--;
        }
        var bucket = layout.bucketOf(unit);
        if (!visit.completes() || --incomplete[bucket] > 0 || !reduces || isEmpty(bucket)) {
            return OptionalInt.empty();
        }
        reducing++;
        if (splitsGradients) {
            claimed[layout.slot(bucket, gradientRing)] = NONE;
            busy[layout.slot(bucket, gradientRing)] = true;
        }
        return OptionalInt.of(bucket);
    }

    /** A bucket that was complete has been reduced. */
    public void reduced(int bucket) {
        reducing--;
        if (splitsGradients) {
            busy[layout.slot(bucket, gradientRing)] = false;
        }
    }

    /** Whether a bucket that was complete has not been reduced yet. */
    public boolean isReducing() {
        return reducing > 0;
    }

    /** Trained parameters have changed: what was gathered of them is not valid any more. */
    public void forgetTrained() {
        Arrays.fill(heldTrained, NONE);
    }

    private boolean isEmpty(int bucket) {
        return layout.buckets().get(bucket).elements() == 0;
    }
}
