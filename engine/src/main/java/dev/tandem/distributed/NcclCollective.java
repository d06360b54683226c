package dev.tandem.distributed;

import dev.tandem.UserException;
import dev.tandem.tensor.machine.NativeSetup;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;

/**
 * Ranks with one GPU each: tensors on it are exchanged by NCCL, from GPU to GPU; numbers, barriers and the detection of
 * lost ranks use the ranks' collective for CPUs.
 *
 * <p>A call returns when the GPUs are done. A lost rank is therefore noticed here, and not by libtorch's watchdog,
 * which would end the process.
 */
public final class NcclCollective implements Collective {
    /** Far below the duration of a gradient sum. */
    private static final long POLL_NANOS = 20_000;

    private static final String MORE = " NCCL_DEBUG=INFO in the environment gives details.";

    private final Collective control;
    private final Groups groups;
    private final Backend group;
    private final Duration timeout;
    private final Predicate<Work> ended;

    /** Creates a group of the same ranks, for tensors on their GPUs. */
    interface Groups {
        Backend named(String name);
    }

    /**
     * @param control a collective of the same ranks, for everything that is not on a GPU
     * @param groups creates the groups of this collective and of its channels
     * @param ended whether a call of a group has ended; called repeatedly
     */
    private NcclCollective(Collective control, Groups groups, String name, Duration timeout, Predicate<Work> ended) {
        this.control = control;
        this.groups = groups;
        this.group = connected(control, groups, name, timeout);
        this.timeout = timeout;
        this.ended = ended;
    }

    /**
     * Connects the ranks' GPUs.
     *
     * @param control a collective of the ranks, all of which call this
     * @param device this rank's device, used by no other rank
     * @throws UserException if NCCL is not there or cannot connect them
     */
    static NcclCollective join(RankEnvironment environment, Collective control, Device device) {
        // read when the group is created: libtorch then starts no watchdog
        NativeSetup.environment("TORCH_NCCL_BLOCKING_WAIT", "1");
        // not wait(timeout), which ends NCCL's connections when the time is over
        return of(control, name -> group(environment, device, name), environment.timeout(), Work::isCompleted);
    }

    static NcclCollective of(Collective control, Groups groups, Duration timeout, Predicate<Work> ended) {
        return new NcclCollective(control, groups, "nccl", timeout, ended);
    }

    @Override
    public Collective newGroup(String name) {
        return new NcclCollective(control.newGroup(name), groups, "nccl-" + name, timeout, ended);
    }

    private static Backend connected(Collective control, Groups groups, String name, Duration timeout) {
        try {
            return TimedCall.within(timeout, () -> groups.named(name), control::requirePeersAlive);
        } catch (UserException e) {
            throw e;
        } catch (TimeoutException | RuntimeException e) {
            throw new UserException(
                    e.getCause() instanceof LinkageError
                            ? "Ranks on GPUs communicate by NCCL, which this build of libtorch does not have or cannot load ("
                                    + Rendezvous.firstLine(e) + "). Use device: cpu, or the GPU build (docs/gpu.md)."
                            : "Rank " + control.rank() + " of " + control.size()
                                    + " cannot reach the others' GPUs by NCCL: " + Rendezvous.firstLine(e) + MORE,
                    e);
        }
    }

    private static Backend group(RankEnvironment environment, Device device, String name) {
        var options = GlooCollective.kept(ProcessGroupNCCL.Options.create());
        options.timeout(new Milliseconds(environment.timeout().toMillis()));
        var store = GlooCollective.prefixed(environment, name);
        var group =
                GlooCollective.kept(new ProcessGroupNCCL(store, environment.rank(), environment.worldSize(), options));
        // now, so that a problem between the GPUs shows before hours of loading
        group.eagerConnectSingleDevice(device);
        return group;
    }

    @Override
    public int rank() {
        return control.rank();
    }

    @Override
    public int size() {
        return control.size();
    }

    @Override
    public OptionalInt localRank() {
        return control.localRank();
    }

    @Override
    public void allReduce(Tensor tensor) {
        if (tensor.is_cpu()) {
            control.allReduce(tensor);
        } else {
            together("a sum over all ranks", () -> group.allreduce(new TensorVector(tensor)));
        }
    }

    @Override
    public void reduceScatter(Tensor whole, Tensor share) {
        together("a sum over all ranks", () -> group._reduce_scatter_base(share, whole));
    }

    @Override
    public void allGather(Tensor share, Tensor whole) {
        together("an all-gather over all ranks", () -> group._allgather_base(whole, share));
    }

    @Override
    public double[] allReduce(double[] values) {
        return control.allReduce(values);
    }

    @Override
    public void barrier(String what) {
        control.barrier(what);
    }

    @Override
    public void reportActivity(String what) {
        control.reportActivity(what);
    }

    @Override
    public void markWaiting(boolean begins) {
        control.markWaiting(begins);
    }

    @Override
    public void requirePeersAlive() {
        control.requirePeersAlive();
    }

    @Override
    public void onLongWait(Consumer<String> listener) {
        control.onLongWait(listener);
    }

    private interface Start {
        Work work();
    }

    private void together(String what, Start start) {
        control.markWaiting(true);
        try (var scope = new PointerScope()) {
            var work = start.work();
            await(work);
            work._wait();
        } catch (UserException e) {
            throw e;
        } catch (RuntimeException e) {
            // says who is lost, if one is
            control.barrier(what);
            throw new UserException(
                    "NCCL failed in " + what + " on rank " + rank() + " of " + size()
                            + ", although all ranks are alive: " + Rendezvous.firstLine(e) + MORE,
                    e);
        } finally {
            control.markWaiting(false);
        }
    }

    private void await(Work work) {
        var began = System.nanoTime();
        while (!ended.test(work)) {
            if (System.nanoTime() - began > timeout.toNanos()) {
                throw new IllegalStateException("No end after " + timeout.toSeconds() + " s.");
            }
            control.requirePeersAlive();
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** The connections last as long as the process. */
    @Override
    public void close() {
        control.close();
    }
}
