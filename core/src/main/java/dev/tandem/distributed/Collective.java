package dev.tandem.distributed;

import dev.tandem.UserException;
import dev.tandem.tensor.Devices;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/**
 * What ranks do together: every rank calls the same methods in the same order. A rank that is lost ends the others with a
 * {@link RankLostException} within the timeout.
 *
 * <p>Not thread-safe.
 */
public interface Collective extends AutoCloseable {
    /** Number of this rank, from 0. */
    int rank();

    /** How many there are. */
    int size();

    /** Number of this rank on its machine, from 0; absent: a process by itself. */
    default OptionalInt localRank() {
        return OptionalInt.empty();
    }

    /**
     * Replaces a tensor by its sum over all ranks, to the same bits on each.
     *
     * @throws RankLostException if a rank is lost
     */
    void sum(Tensor tensor);

    /**
     * Sums over all ranks, element by element, to the same bits on each.
     *
     * @throws RankLostException if a rank is lost
     */
    double[] sum(double[] values);

    /**
     * Sums over all ranks, and gives each a part of the sum.
     *
     * @param whole {@code [size · n]}; not changed
     * @param share {@code [n]}, filled with this rank's part: elements {@code rank · n} and on. May be that part of {@code
     *     whole}
     * @throws RankLostException if a rank is lost
     */
    void reduceScatter(Tensor whole, Tensor share);

    /**
     * Brings the parts of all ranks together.
     *
     * @param share {@code [n]}, this rank's part
     * @param whole {@code [size · n]}, filled with the parts in the ranks' order
     * @throws RankLostException if a rank is lost
     */
    void allGather(Tensor share, Tensor whole);

    /**
     * The same ranks over connections of their own, for another thread: what is done there need not be in one order with what
     * is done here.
     *
     * @param name the same on every rank, and used once
     * @throws RankLostException if a rank is lost
     */
    Collective channel(String name);

    /**
     * Waits until every rank is here.
     *
     * @param what they wait for, as a message would name it
     * @throws RankLostException if a rank is lost
     */
    void barrier(String what);

    /** Whether this is the rank that writes files and speaks for all. */
    default boolean first() {
        return rank() == 0;
    }

    /**
     * Whether something holds on any rank.
     *
     * @throws RankLostException if a rank is lost
     */
    default boolean any(boolean here) {
        return size() > 1 ? sum(new double[] {here ? 1 : 0})[0] > 0 : here;
    }

    /**
     * Says what this rank does from now on, for the messages of those who wait for it. May be called by any thread.
     *
     * @param what as in {@code in step 17}
     */
    default void at(String what) {
        // a process by itself keeps nobody waiting
    }

    /**
     * Says that one of this rank's threads begins to wait for the others by itself, or has ended to: nobody need wait for it
     * meanwhile. May be called by any thread.
     */
    default void waits(boolean begins) {
        // a process by itself waits for nobody
    }

    /**
     * Makes sure that the others are alive, as far as is known, while this rank waits for something else. May be called by
     * any thread.
     *
     * @throws RankLostException if a rank is lost
     */
    default void check() {
        // a process by itself has no others
    }

    /**
     * Whom to tell whom this rank waits for, once it has waited for a while.
     *
     * @param told a sentence; called on the thread that waits
     */
    default void onWaiting(Consumer<String> told) {
        // a process by itself waits for nobody
    }

    @Override
    void close();

    /** A process by itself. */
    static Collective alone() {
        return new Alone();
    }

    /**
     * Waits for the other ranks and connects to them: by Gloo, and GPUs by NCCL.
     *
     * @param device that all ranks compute on, as a recipe names it
     * @throws UserException if they do not all come within the timeout, or this rank has no such device
     */
    static Collective join(RankEnvironment environment, String device) {
        // first what needs no others
        var here = Devices.of(device, OptionalInt.of(environment.localRank()));
        var control = GlooCollective.join(environment);
        var cpus = control.sum(new double[] {here.is_cpu() ? 1 : 0})[0];
        if (cpus > 0 && cpus < control.size()) {
            throw new UserException(
                    "Rank " + control.rank() + " has " + (here.is_cpu() ? "no" : "a") + " CUDA device, and "
                            + (int) cpus + " of " + control.size()
                            + " ranks have none. Use device: cpu or cuda, or start ranks where there are GPUs.");
        }
        return here.is_cpu() ? control : NcclCollective.join(environment, control, here);
    }

    /** The only rank. */
    record Alone() implements Collective {
        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public void sum(Tensor tensor) {
            // its own sum
        }

        @Override
        public double[] sum(double[] values) {
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
        public Collective channel(String name) {
            return this;
        }

        @Override
        public void barrier(String what) {
            // everyone is here
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
