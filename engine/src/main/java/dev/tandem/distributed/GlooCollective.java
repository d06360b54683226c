package dev.tandem.distributed;

import dev.tandem.UserException;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch;

/**
 * Ranks over Gloo, libtorch's collectives for CPUs. They find each other through a store that rank 0 hosts at its
 * address and port, and then communicate over connections of their own. While a rank waits for others it watches their
 * heartbeats.
 */
public final class GlooCollective implements Collective {
    private static final int THREADS = 2;

    /** Messages of a group arrive in the order they were sent. */
    private static final int TAG = 0;

    /** How long a wait lasts before the watch is consulted. */
    private static final long SLICE_MILLIS = 200;

    /** A wait long enough to be reported to the user. */
    private static final Duration LONG = Duration.ofSeconds(10);

    private final RankEnvironment environment;
    private final FailureDetector watch;
    private final ProcessGroupGloo group;
    private final boolean channel;
    private Consumer<String> longWaitListener = message -> {};

    private GlooCollective(
            RankEnvironment environment, FailureDetector watch, ProcessGroupGloo group, boolean channel) {
        this.environment = environment;
        this.watch = watch;
        this.group = group;
        this.channel = channel;
    }

    /**
     * Waits for the other ranks and connects to them.
     *
     * @throws RankLostException if they do not all join within the timeout, or rank 0 cannot be reached
     */
    public static GlooCollective join(RankEnvironment environment) {
        NativeSetup.ensure();
        var result = new Rendezvous(environment).join(GlooCollective::group);
        var collective = new GlooCollective(environment, result.watch(), result.group(), false);
        collective.barrier("the beginning");
        return collective;
    }

    @Override
    public Collective newGroup(String name) {
        var what = "the beginning of " + name;
        try {
            var connected = TimedCall.within(
                    environment.timeout(), () -> group(environment, prefixed(environment, name)), () -> check(what));
            var result = new GlooCollective(environment, watch, connected, true);
            result.barrier(what);
            return result;
        } catch (UserException e) {
            throw e;
        } catch (TimeoutException | RuntimeException e) {
            throw lost(what, e);
        }
    }

    /** A connection to the store under a prefix, for one group, which takes ownership of it. */
    static Store prefixed(RankEnvironment environment, String name) {
        return kept(new PrefixStore(name, Rendezvous.store(environment, false)));
    }

    /** Runs on a thread that is in no scope: a scope would free objects that the group must keep. */
    private static ProcessGroupGloo group(RankEnvironment environment, Store store) {
        var gloo = kept(ProcessGroupGloo.Options.create(
                new Milliseconds(environment.timeout().toMillis())));
        var device = kept(ProcessGroupGloo.createDeviceForHostname(host(environment)));
        gloo.devices(kept(new GlooDeviceVector(device)));
        gloo.threads(THREADS);
        return kept(new ProcessGroupGloo(store, environment.rank(), environment.worldSize(), gloo));
    }

    /**
     * Keeps a native object until the process ends. A group takes ownership of the objects it is made of, but the
     * bindings do not know this: if they were freed again from here, the heap would be corrupted.
     */
    static <T extends Pointer> T kept(T pointer) {
        pointer.deallocate(false);
        return pointer;
    }

    /**
     * The address under which the others reach this machine: the local address of its route to rank 0. The machine's
     * own host name may resolve to another address, 127.0.1.1 on many machines, or to another network. Nothing is sent.
     */
    private static String host(RankEnvironment environment) {
        try (var socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(
                    InetAddress.getByName(environment.masterAddress()), environment.masterPort()));
            return socket.getLocalAddress().getHostAddress();
        } catch (IOException | UncheckedIOException e) {
            throw new UserException(
                    "There is no route from this machine to " + RankEnvironment.MASTER_ADDR + ", "
                            + environment.masterAddress() + ": " + e.getMessage()
                            + ". Give the address of rank 0's machine.",
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
    public OptionalInt localRank() {
        return OptionalInt.of(environment.localRank());
    }

    @Override
    public void allReduce(Tensor tensor) {
        together("a sum over all ranks", () -> group.allreduce(new TensorVector(tensor)));
    }

    @Override
    public double[] allReduce(double[] values) {
        try (var scope = new PointerScope()) {
            var tensor = Tensors.of(values, new Device("cpu"));
            allReduce(tensor);
            return Tensors.toDoubles(tensor);
        }
    }

    /** Sends each rank only the parts it sums; Gloo's own operation would send everything to every rank. */
    @Override
    public void reduceScatter(Tensor whole, Tensor share) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var parts = torch.empty_like(whole);
            part(parts, rank()).copy_(part(whole, rank()));
            exchange("a sum over all ranks", to -> part(whole, to), from -> part(parts, from));
            share.copy_(parts.view(size(), -1).sum(0));
        }
    }

    @Override
    public void allGather(Tensor share, Tensor whole) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            part(whole, rank()).copy_(share);
            exchange("an all-gather over all ranks", to -> share, from -> part(whole, from));
        }
    }

    private Tensor part(Tensor whole, int rank) {
        var count = whole.numel() / size();
        return whole.narrow(0, rank * count, count);
    }

    @Override
    public void barrier(String what) {
        together(what, group::barrier);
    }

    private interface Start {
        Work work();
    }

    private void together(String what, Start start) {
        whileWaiting(what, look -> {
            try (var scope = new PointerScope()) {
                var work = start.work();
                while (!ended(work)) {
                    look.run();
                }
            }
        });
    }

    /**
     * Sends a tensor to each of the others and receives one from each, all simultaneously and in both directions.
     *
     * <p>Gloo's collectives are not used: a rank that arrives late at one of those begins to send, and requests its own
     * data only after that, on the same connection. The other direction is then idle.
     */
    private void exchange(String what, IntFunction<Tensor> sent, IntFunction<Tensor> received) {
        whileWaiting(
                what,
                look -> TimedCall.within(
                        environment.timeout(),
                        () -> {
                            exchange(sent, received);
                            return true;
                        },
                        look));
    }

    private void exchange(IntFunction<Tensor> sent, IntFunction<Tensor> received) {
        try (var scope = new PointerScope()) {
            var works = new ArrayList<Work>();
            for (var i = 1; i < size(); i++) {
                var from = (rank() + size() - i) % size();
                works.add(group.recv(new TensorVector(received.apply(from)), from, TAG));
            }
            for (var i = 1; i < size(); i++) {
                var to = (rank() + i) % size();
                works.add(group.send(new TensorVector(sent.apply(to)), to, TAG));
            }
            // not in slices of time: here the end of a slice would break the connections
            works.forEach(Work::_wait);
        }
    }

    private interface Wait {
        /** @param look called repeatedly while waiting */
        void run(Runnable look) throws TimeoutException;
    }

    private void whileWaiting(String what, Wait wait) {
        check(what);
        watch.markWaiting(true);
        try {
            wait.run(look(what));
        } catch (UserException e) {
            throw e;
        } catch (TimeoutException | RuntimeException e) {
            throw lost(what, e);
        } finally {
            watch.markWaiting(false);
        }
    }

    private RankLostException lost(String what, Exception e) {
        return new RankLostException(
                "Rank " + rank() + " of " + size() + " lost the others in " + what + ": "
                        + new PeerDiagnosis(environment, watch).missing() + " Its own log says why. ("
                        + Rendezvous.firstLine(e) + ")",
                e);
    }

    /** Checks on the others, and reports which rank this one waits for once that takes long. */
    private Runnable look(String what) {
        var began = System.nanoTime();
        var said = new AtomicBoolean();
        return () -> {
            check(what);
            if (System.nanoTime() - began > LONG.toNanos() && said.compareAndSet(false, true)) {
                var others = watch.working();
                longWaitListener.accept("Waiting" + (others.isEmpty() ? " in " + what : " for " + others));
            }
        };
    }

    /**
     * Waits for a slice of time and returns whether the work is done. A slice that times out is an exception, like a
     * failure.
     */
    private static boolean ended(Work work) {
        try (var scope = new PointerScope()) {
            return work._wait(new Milliseconds(SLICE_MILLIS));
        } catch (RuntimeException e) {
            // check the outcome once more: it may have arrived just now
            return work.isCompleted() && work._wait();
        }
    }

    private void check(String what) {
        var silent = watch.silent();
        if (silent.isPresent()) {
            watch.lose();
            var rank = silent.getAsInt();
            throw new RankLostException("Rank " + rank() + " of " + size() + " gave up in " + what + ": rank " + rank
                    + " has shown no sign of life for "
                    + environment.heartbeat().toSeconds() + " s"
                    + watch.table()
                            .of(rank)
                            .map(beat -> "; it was " + beat.words())
                            .orElse("")
                    + ". Its process is stopped or its machine gone.");
        }
    }

    @Override
    public void reportActivity(String what) {
        watch.reportActivity(what);
    }

    @Override
    public void markWaiting(boolean begins) {
        watch.markWaiting(begins);
    }

    @Override
    public void requirePeersAlive() {
        check("its own work");
    }

    @Override
    public void onLongWait(Consumer<String> listener) {
        longWaitListener = listener;
    }

    /** Announces that this rank is done; the connections last as long as the process. */
    @Override
    public void close() {
        if (!channel) {
            watch.close();
        }
    }
}
