package dev.tandem.data.source;

import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.rows.Row;
import dev.tandem.data.rows.RowFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Reads a file on one thread, encodes its rows on others and hands them to the caller in the file's order.
 *
 * <p>The reader may be a bounded number of chunks ahead of the caller. When the call returns, in success or failure,
 * the reader has ended and no row is being encoded. Of several broken rows only the first in the file is reported, and
 * only if the caller wanted the rows up to it.
 */
final class RowPipeline {
    private static final int ROWS_OF_A_CHUNK = 64;

    private final RowEncoder encoder;
    private final BlockingQueue<Chunk> chunks = new LinkedBlockingQueue<>();
    private final Semaphore capacity;
    /** A pool of its own: the common pool reserves a core for its callers, and here the caller waits. */
    private final ExecutorService encoders;

    private final List<Row> waiting = new ArrayList<>();
    private volatile boolean stopped;

    private RowPipeline(RowEncoder encoder) {
        this.encoder = encoder;
        var cores = Runtime.getRuntime().availableProcessors();
        this.capacity = new Semaphore(4 + 2 * cores);
        this.encoders = Executors.newFixedThreadPool(cores, work -> daemon(work, "row encoder"));
    }

    private static Thread daemon(Runnable work, String name) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Consecutive rows that are being encoded.
     *
     * @param work gives the rows; never fails
     * @param end why nothing follows: a failure of the reader, or none at the end of the file
     */
    private record Chunk(Future<Encoded> work, Optional<End> end) {}

    /** The reader is done. */
    private record End(Optional<Throwable> failure) {}

    /** Rows in order, and the failure at the row after them, if any. */
    private record Encoded(List<EncodedRow> rows, Optional<RuntimeException> failure) {}

    /**
     * Processes a file.
     *
     * @param rows receives rows on the calling thread; returns false when no more are wanted
     * @throws dev.tandem.UserException if the file or a wanted row is broken
     * @throws CancellationException if the calling thread is interrupted, which it still is afterwards
     */
    static void run(Path file, RowEncoder encoder, Predicate<EncodedRow> rows) {
        new RowPipeline(encoder).run(file, rows);
    }

    private void run(Path file, Predicate<EncodedRow> rows) {
        var reader = daemon(() -> read(file), "rows of " + file.getFileName());
        reader.start();
        try {
            while (hand(chunks.take(), rows)) {
                capacity.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("reading " + file + " was interrupted");
        } finally {
            stop(reader);
        }
    }

    private static boolean hand(Chunk chunk, Predicate<EncodedRow> rows) throws InterruptedException {
        var encoded = result(chunk.work());
        for (var row : encoded.rows()) {
            if (!rows.test(row)) {
                return false;
            }
        }
        encoded.failure().ifPresent(failure -> {
            throw failure;
        });
        chunk.end().flatMap(End::failure).ifPresent(RowPipeline::rethrow);
        return chunk.end().isEmpty();
    }

    private static Encoded result(Future<Encoded> work) throws InterruptedException {
        try {
            return work.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("encoding rows failed", e.getCause());
        }
    }

    private static void rethrow(Throwable failure) {
        if (failure instanceof Error e) {
            throw e;
        }
        throw (RuntimeException) failure;
    }

    private void stop(Thread reader) {
        stopped = true;
        capacity.release(); // a reader that waits for capacity sees that the run is over
        var interrupted = false;
        var ended = false;
        while (!ended) {
            try {
                reader.join();
                encoders.shutdown();
                // the tokenizer may be closed after this call: no thread may be using it
                ended = encoders.awaitTermination(1, TimeUnit.HOURS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(Path file) {
        Optional<Throwable> failure = Optional.empty();
        try {
            RowFiles.read(file, this::row);
        } catch (RuntimeException | Error e) {
            failure = Optional.of(e); // the caller rethrows it when its turn comes
        }
        // without acquiring capacity: the end must arrive even when the caller has stopped
        submit(Optional.of(new End(failure)));
    }

    private boolean row(Row row) {
        waiting.add(row);
        if (waiting.size() == ROWS_OF_A_CHUNK) {
            capacity.acquireUninterruptibly();
            submit(Optional.empty());
        }
        return !stopped;
    }

    private void submit(Optional<End> end) {
        var rows = List.copyOf(waiting);
        waiting.clear();
        chunks.add(new Chunk(encoders.submit(() -> encode(rows)), end));
    }

    private Encoded encode(List<Row> rows) {
        var result = new ArrayList<EncodedRow>(rows.size());
        for (var row : rows) {
            if (stopped) {
                break;
            }
            try {
                result.add(encoder.encode(row));
            } catch (RuntimeException e) {
                return new Encoded(result, Optional.of(e));
            }
        }
        return new Encoded(result, Optional.empty());
    }
}
