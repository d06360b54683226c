package dev.tandem.distributed;

import dev.tandem.UserException;
import dev.tandem.tensor.NativeSetup;
import dev.tandem.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.ByteVector;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch;

/**
 * Ranks over Gloo, libtorch's collectives for CPUs. They find each other through a store that rank 0 keeps at its address
 * and port, and later through connections of their own.
 */
public final class GlooCollective implements Collective {
    /** How long a rank asks who is still there, after it lost one. */
    private static final long ROLL_CALL_MILLIS = 3_000;

    private static final long ROLL_CALL_STEP_MILLIS = 50;
    private static final int THREADS = 2;

    private final RankEnvironment environment;
    private final TCPStore store;
    private final ProcessGroupGloo group;

    private GlooCollective(RankEnvironment environment, TCPStore store, ProcessGroupGloo group) {
        this.environment = environment;
        this.store = store;
        this.group = group;
    }

    /**
     * Waits for the other ranks and connects to them.
     *
     * @throws dev.tandem.UserException if they do not all come within the timeout, or rank 0 cannot be reached
     */
    public static GlooCollective join(RankEnvironment environment) {
        NativeSetup.ensure();
        try {
            // in no scope: it would forget what it is to keep
            var store = store(environment, environment.rank() == 0, true);
            var result = new GlooCollective(environment, store, group(environment, store));
            result.barrier("the beginning");
            return result;
        } catch (UserException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new UserException(
                    "Rank " + environment.rank() + " of " + environment.worldSize() + " did not find the others at "
                            + environment.masterAddress() + ":" + environment.masterPort() + " within "
                            + environment.timeout().toSeconds() + " s: " + firstLine(e)
                            + ". All ranks must be started, with the same MASTER_ADDR, MASTER_PORT and WORLD_SIZE, and rank"
                            + " 0 on the host MASTER_ADDR.",
                    e);
        }
    }

    private static TCPStore store(RankEnvironment environment, boolean serves, boolean waits) {
        var options = new TCPStoreOptions();
        options.port((short) environment.masterPort())
                .isServer(serves)
                .waitWorkers(waits)
                .timeout(timeout(environment))
                .numWorkers(new SizeTPointer(1).put(environment.worldSize()));
        return kept(new TCPStore(environment.masterAddress(), options));
    }

    private static ProcessGroupGloo group(RankEnvironment environment, Store store) {
        var options = kept(ProcessGroupGloo.Options.create(timeout(environment)));
        var device = kept(ProcessGroupGloo.createDeviceForHostname(host(environment)));
        options.devices(kept(new GlooDeviceVector(device)));
        options.threads(THREADS);
        return kept(new ProcessGroupGloo(store, environment.rank(), environment.worldSize(), options));
    }

    private static Milliseconds timeout(RankEnvironment environment) {
        return new Milliseconds(environment.timeout().toMillis());
    }

    @Override
    public Collective channel(String name) {
        try {
            // a thread of its own is in no scope: one would forget what it is to keep
            var group = CompletableFuture.supplyAsync(
                            () -> group(environment, prefixed(name)), task -> new Thread(task, name).start())
                    .join();
            var channel = new GlooCollective(environment, store, group);
            channel.barrier("the beginning of " + name);
            return channel;
        } catch (UserException e) {
            throw e;
        } catch (RuntimeException e) {
            throw lost("the beginning of " + name, e);
        }
    }

    /** A store is taken over by the one group that uses it. */
    private Store prefixed(String name) {
        return kept(new PrefixStore(name, store(environment, false, false)));
    }

    /**
     * Keeps a native object until the process ends. A group takes over what it is made of, and the bindings do not know: freed
     * once more from here, the heap is corrupted.
     */
    private static <T extends Pointer> T kept(T pointer) {
        pointer.deallocate(false);
        return pointer;
    }

    /** The name under which the others reach this machine. */
    private static String host(RankEnvironment environment) {
        var master = environment.masterAddress();
        return master.equals("localhost") || master.startsWith("127.") ? "127.0.0.1" : localHost();
    }

    private static String localHost() {
        try {
            return java.net.InetAddress.getLocalHost().getHostAddress();
        } catch (java.net.UnknownHostException e) {
            throw new UserException(
                    "This machine does not know its own name, which the other ranks are to reach it by: "
                            + e.getMessage(),
                    e);
        }
    }

    @Override
    public int rank() {
        return environment.rank();
    }

    @Override
    public int size() {
        return environment.worldSize();
    }

    @Override
    public void sum(Tensor tensor) {
        together("a sum over all ranks", () -> group.allreduce(new TensorVector(tensor)));
    }

    @Override
    public double[] sum(double[] values) {
        try (var scope = new PointerScope()) {
            var tensor = Tensors.of(values, new Device("cpu"));
            sum(tensor);
            return Tensors.toDoubles(tensor);
        }
    }

    /** Each rank is sent the parts it sums: Gloo's own would send everything to everyone. */
    @Override
    public void reduceScatter(Tensor whole, Tensor share) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var parts = torch.empty_like(whole);
            together(
                    "a sum over all ranks",
                    () -> group.alltoall_base(parts, whole, new LongVector(), new LongVector()));
            share.copy_(parts.view(size(), -1).sum(0));
        }
    }

    @Override
    public void allGather(Tensor share, Tensor whole) {
        together("bringing all parts together", () -> group._allgather_base(whole, share));
    }

    @Override
    public void barrier(String what) {
        together(what, group::barrier);
    }

    private interface Start {
        Work work();
    }

    private void together(String what, Start start) {
        try (var scope = new PointerScope()) {
            start.work()._wait();
        } catch (RuntimeException e) {
            throw lost(what, e);
        }
    }

    private UserException lost(String what, RuntimeException e) {
        return new UserException(
                "Rank " + rank() + " of " + size() + " lost the others in " + what + ": " + missing()
                        + " Its own log says why. (" + firstLine(e) + ")",
                e);
    }

    /** Who does not answer any more. */
    private String missing() {
        try (var scope = new PointerScope()) {
            store.set(present(rank()), new ByteVector(new byte[] {1}));
            var absent = absent();
            for (var waited = 0L; !absent.isEmpty() && waited < ROLL_CALL_MILLIS; waited += ROLL_CALL_STEP_MILLIS) {
                Thread.sleep(ROLL_CALL_STEP_MILLIS);
                absent = absent();
            }
            return absent.isEmpty()
                    ? "all of them are there, but one was late or its connection broke."
                    : "no answer from rank "
                            + absent.stream().map(String::valueOf).collect(Collectors.joining(", ")) + ".";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "one ended or is stuck.";
        } catch (RuntimeException e) {
            return rank() == 0 ? "one ended or is stuck." : "no answer from rank 0.";
        }
    }

    private List<Integer> absent() {
        var result = new ArrayList<Integer>();
        for (var other = 0; other < size(); other++) {
            if (other != rank() && !store.check(new StringVector(present(other)))) {
                result.add(other);
            }
        }
        return result;
    }

    private static String present(int rank) {
        return "present-after-failure-" + rank;
    }

    private static String firstLine(RuntimeException e) {
        var message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse(message);
    }

    /** Does nothing: the connections last as long as the process. */
    @Override
    public void close() {
        // see kept
    }
}
