package dev.tandem.train.zero;

import dev.tandem.distributed.Collective;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;

/** A thread on which a rank runs collective operations, one after the other, while it computes on other threads. */
final class CommunicationThread implements AutoCloseable {
    private final Collective ranks;
    private final ExecutorService thread;
    private final Consumer<Throwable> failed;
    private volatile long nanos;

    /**
     * @param name the same on every rank
     * @param failed receives a failure, on this thread
     */
    CommunicationThread(Collective ranks, String name, Consumer<Throwable> failed) {
        this.ranks = ranks.newGroup(name);
        this.failed = failed;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            var made = new Thread(
                    () -> {
                        torch.set_num_threads(1);
                        task.run();
                    },
                    name);
            made.setDaemon(true);
            return made;
        });
    }

    /** Queues an operation. Every rank must queue the same ones in the same order. */
    void next(Consumer<Collective> work) {
        thread.execute(() -> {
            var start = System.nanoTime();
            try (var scope = new PointerScope();
                    var guard = new NoGradGuard()) {
                work.accept(ranks);
            } catch (RuntimeException | Error e) {
                failed.accept(e);
            }
            nanos += System.nanoTime() - start;
        });
    }

    /** How long it has been working, seconds. */
    double seconds() {
        return nanos * 1e-9;
    }

    @Override
    public void close() {
        thread.shutdown();
        ranks.close();
    }
}
