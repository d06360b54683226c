package dev.tandem.distributed;

import dev.tandem.UserException;
import dev.tandem.tensor.NativeSetup;
import dev.tandem.tensor.Tensors;
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
 * Ranks over Gloo, libtorch's collectives for CPUs. They find each other through a store that rank 0 keeps at its address
 * and port, and later through connections of their own. While one waits for others it watches their signs of life.
 */
public final class GlooCollective implements Collective {
    private static final int THREADS = 2;

    /** Messages of a group come in the order they were sent. */
    private static final int TAG = 0;

    /** How long a wait goes on before the watch is asked. */
    private static final long SLICE_MILLIS = 200;

    /** A wait that the user should hear of. */
    private static final Duration LONG = Duration.ofSeconds(10);

    private final RankEnvironment environment;
    private final RankWatch watch;
    private final ProcessGroupGloo group;
    private final boolean channel;
    private Consumer<String> told = message -> {};

    private GlooCollective(RankEnvironment environment, RankWatch watch, ProcessGroupGloo group, boolean channel) {
        this.environment = environment;
        this.watch = watch;
        this.group = group;
        this.channel = channel;
    }

    /**
     * Waits for the other ranks and connects to them.
     *
     * @throws RankLostException if they do not all come within the timeout, or rank 0 cannot be reached
     */
    public static GlooCollective join(RankEnvironment environment) {
        NativeSetup.ensure();
        var result = new RankMeeting(environment).join(GlooCollective::group);
        var collective = new GlooCollective(environment, result.watch(), result.group(), false);
        collective.barrier("the beginning");
        return collective;
    }

    @Override
    public Collective channel(String name) {
        var what = "the beginning of " + name;
        try {
            var connected = NativeCall.within(
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

    /** A store is taken over by the one group that uses it. */
    static Store prefixed(RankEnvironment environment, String name) {
        return kept(new PrefixStore(name, RankMeeting.store(environment, false)));
    }

    /** On a thread that is in no scope: one would forget what it is to keep. */
    private static ProcessGroupGloo group(RankEnvironment environment, Store store) {
        var gloo = kept(ProcessGroupGloo.Options.create(
                new Milliseconds(environment.timeout().toMillis())));
        var device = kept(ProcessGroupGloo.createDeviceForHostname(host(environment)));
        gloo.devices(kept(new GlooDeviceVector(device)));
        gloo.threads(THREADS);
        return kept(new ProcessGroupGloo(store, environment.rank(), environment.worldSize(), gloo));
    }

    /**
     * Keeps a native object until the process ends. A group takes over what it is made of, and the bindings do not know: freed
     * once more from here, the heap is corrupted.
     */
    static <T extends Pointer> T kept(T pointer) {
        pointer.deallocate(false);
        return pointer;
    }

    /**
     * The address under which the others reach this machine: the one it has on its way to rank 0. Its own name may stand for
     * another, 127.0.1.1 on many machines, or for another network. Nothing is sent.
     */
    private static String host(RankEnvironment environment) {
        try (var socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(
                    InetAddress.getByName(environment.masterAddress()), environment.masterPort()));
            return socket.getLocalAddress().getHostAddress();
        } catch (IOException | UncheckedIOException e) {
            throw new UserException(
                    "There is no way from here to " + RankEnvironment.MASTER_ADDR + ", " + environment.masterAddress()
                            + ": " + e.getMessage() + ". Give the address of rank 0's machine.",
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
            exchange("bringing all parts together", to -> share, from -> part(whole, from));
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
     * Sends a tensor to each of the others and receives one from each, all at once and in both directions.
     *
     * <p>Not by Gloo's collectives: a rank that comes late to one of those begins to send, and asks for what it is to be sent
     * behind that, on the same connection. The other direction is then idle.
     */
    private void exchange(String what, IntFunction<Tensor> sent, IntFunction<Tensor> received) {
        whileWaiting(
                what,
                look -> NativeCall.within(
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
            // not in slices of time: here the end of one would break the connections
            works.forEach(Work::_wait);
        }
    }

    private interface Wait {
        /** @param look to be run again and again */
        void run(Runnable look) throws TimeoutException;
    }

    private void whileWaiting(String what, Wait wait) {
        check(what);
        watch.waits(true);
        try {
            wait.run(look(what));
        } catch (UserException e) {
            throw e;
        } catch (TimeoutException | RuntimeException e) {
            throw lost(what, e);
        } finally {
            watch.waits(false);
        }
    }

    private RankLostException lost(String what, Exception e) {
        return new RankLostException(
                "Rank " + rank() + " of " + size() + " lost the others in " + what + ": "
                        + new RollCall(environment, watch).missing() + " Its own log says why. ("
                        + RankMeeting.firstLine(e) + ")",
                e);
    }

    /** Looks after the others, and says whom this rank waits for once that takes long. */
    private Runnable look(String what) {
        var began = System.nanoTime();
        var said = new AtomicBoolean();
        return () -> {
            check(what);
            if (System.nanoTime() - began > LONG.toNanos() && said.compareAndSet(false, true)) {
                var others = watch.working();
                told.accept("Waiting" + (others.isEmpty() ? " in " + what : " for " + others));
            }
        };
    }

    /** Waits for a slice of time: whether it is done. A slice that is over is an exception, like a failure. */
    private static boolean ended(Work work) {
        try (var scope = new PointerScope()) {
            return work._wait(new Milliseconds(SLICE_MILLIS));
        } catch (RuntimeException e) {
            // once more for the outcome: it may have come just now
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
    public void at(String what) {
        watch.at(what);
    }

    @Override
    public void waits(boolean begins) {
        watch.waits(begins);
    }

    @Override
    public void check() {
        check("its own work");
    }

    @Override
    public void onWaiting(Consumer<String> listener) {
        told = listener;
    }

    /** Says goodbye; the connections last as long as the process. */
    @Override
    public void close() {
        if (!channel) {
            watch.close();
        }
    }
}
