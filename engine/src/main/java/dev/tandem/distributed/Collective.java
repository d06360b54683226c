package dev.tandem.distributed;

import dev.tandem.UserException;
import dev.tandem.tensor.Devices;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/**
 * Operations that all ranks perform together: every rank calls the same methods in the same order. If a rank is lost,
 * the others end with a {@link RankLostException} within the timeout.
 *
 * <p>Not thread-safe.
 */
public interface Collective extends AutoCloseable {
    /** Number of this rank, from 0. */
    int rank();

    /** Number of ranks. */
    int size();

    /** Number of this rank on its machine, from 0; absent if the process trains alone. */
    default OptionalInt localRank() {
        return OptionalInt.empty();
    }

    /**
     * Replaces a tensor by its sum over all ranks, bit-equal on each.
     *
     * @throws RankLostException if a rank is lost
     */
    void allReduce(Tensor tensor);

    /**
     * Sums over all ranks, element by element, bit-equal on each.
     *
     * @throws RankLostException if a rank is lost
     */
    double[] allReduce(double[] values);

    /**
     * Sums over all ranks, and gives each rank a part of the sum.
     *
     * @param whole {@code [size · n]}; not changed
     * @param share {@code [n]}, filled with this rank's part: elements from {@code rank · n} on. May be that part of
     *     {@code whole}
     * @throws RankLostException if a rank is lost
     */
    void reduceScatter(Tensor whole, Tensor share);

    /**
     * Gathers the parts of all ranks on every rank.
     *
     * @param share {@code [n]}, this rank's part
     * @param whole {@code [size · n]}, filled with the parts in the ranks' order
     * @throws RankLostException if a rank is lost
     */
    void allGather(Tensor share, Tensor whole);

    /**
     * A group of the same ranks with connections of its own, for another thread: its operations need no common order
     * with those of this group.
     *
     * @param name the same on every rank, and used only once
     * @throws RankLostException if a rank is lost
     */
    Collective newGroup(String name);

    /**
     * Waits until every rank has reached this call.
     *
     * @param what the event that the ranks wait for, as a message would name it
     * @throws RankLostException if a rank is lost
     */
    void barrier(String what);

    /** Whether this is the rank that writes files and reports for all. */
    default boolean isRankZero() {
        return rank() == 0;
    }

    /**
     * Whether something holds on any rank.
     *
     * @throws RankLostException if a rank is lost
     */
    default boolean anyRank(boolean here) {
        return size() > 1 ? allReduce(new double[] {here ? 1 : 0})[0] > 0 : here;
    }

    /**
     * Reports what this rank does from now on, for the messages of ranks that wait for it. May be called by any thread.
     *
     * @param what the activity, as in {@code in step 17}
     */
    default void reportActivity(String what) {
        // a process that trains alone keeps no rank waiting
    }

    /**
     * Reports that one of this rank's threads begins or ends waiting for other ranks by itself. No rank needs to wait
     * for this one in the meantime. May be called by any thread.
     */
    default void markWaiting(boolean begins) {
        // a process that trains alone waits for no rank
    }

    /**
     * Checks that the others are alive, as far as is known, while this rank waits for something else. May be called by
     * any thread.
     *
     * @throws RankLostException if a rank is lost
     */
    default void requirePeersAlive() {
        // a process that trains alone has no other ranks
    }

    /**
     * Sets the listener that is notified which ranks this rank waits for, once it has waited for a while.
     *
     * @param listener receives a sentence, on the thread that waits
     */
    default void onLongWait(Consumer<String> listener) {
        // a process that trains alone waits for no rank
    }

    @Override
    void close();

    /** The collective of a process that trains alone. */
    static Collective single() {
        return new Single();
    }

    /**
     * Waits for the other ranks and connects to them: by Gloo, and GPUs by NCCL.
     *
     * @param device the device that all ranks compute on, as a recipe names it
     * @throws UserException if the ranks do not all join within the timeout, or this rank has no such device
     */
    static Collective join(RankEnvironment environment, String device) {
        // the checks that need no other rank come first
        var here = Devices.of(device, OptionalInt.of(environment.localRank()));
        var control = GlooCollective.join(environment);
        var cpus = control.allReduce(new double[] {here.is_cpu() ? 1 : 0})[0];
        if (cpus > 0 && cpus < control.size()) {
            throw new UserException(
                    "Rank " + control.rank() + " has " + (here.is_cpu() ? "no" : "a") + " CUDA device, and "
                            + (int) cpus + " of " + control.size()
                            + " ranks have none. Use device: cpu or cuda, or start ranks where there are GPUs.");
        }
        return here.is_cpu() ? control : NcclCollective.join(environment, control, here);
    }

    /** The only rank. */
    record Single() implements Collective {
        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public void allReduce(Tensor tensor) {
            // the sum over one rank is the tensor itself
        }

        @Override
        public double[] allReduce(double[] values) {
            return values.clone();
        }

        @Override
        public void reduceScatter(Tensor whole, Tensor share) {
            share.copy_(whole);
        }

        @Override
        public void allGather(Tensor share, Tensor whole) {
            whole.copy_(share);
        }

        @Override
        public Collective newGroup(String name) {
            return this;
        }

        @Override
        public void barrier(String what) {
            // all ranks are here
        }

        @Override
        public void close() {
            // nothing to release
        }
    }
}
