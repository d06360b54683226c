package dev.tandem.serve;

import dev.tandem.UserException;
import dev.tandem.model.generation.BatchGenerator;
import dev.tandem.model.generation.TextModel;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model that answers concurrent requests. A thread of its own loads and uses the model. All active texts share one
 * batch, and each caller receives its text token by token.
 *
 * <pre>{@code
 * try (var engine = Engine.start(() -> TextModels.open(…), new EngineSettings(16, 64, 65_536), new Engine.Observer() {})) {
 *     engine.awaitReady();
 *     var admission = engine.submit(List.of(new TextRequest(…)));
 *     …
 * }
 * }</pre>
 *
 * <p>If the model fails during generation, the active texts fail with it; waiting texts are then generated with fresh
 * memory.
 */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final EngineSettings settings;
    private final Observer observer;
    private final RequestQueue queue;
    private final CompletableFuture<TextModel> model = new CompletableFuture<>();
    private final Thread thread;

    /** Texts in the batch; only the engine's thread accesses them. */
    private final Set<ActiveText> active = new LinkedHashSet<>();

    /** Absent after a failure, and before the first text. */
    private @Nullable BatchGenerator generator;

    private Engine(Supplier<TextModel> load, EngineSettings settings, Observer observer) {
        this.settings = settings;
        this.observer = observer;
        this.queue = new RequestQueue(settings.queue());
        this.thread = new Thread(() -> run(load), "serve-engine");
        thread.setDaemon(true);
    }

    /**
     * Starts an engine. Returns immediately, while the model is loading.
     *
     * @param load opens the model, which the engine owns from then on
     */
    public static Engine start(Supplier<TextModel> load, EngineSettings settings, Observer observer) {
        var result = new Engine(load, settings, observer);
        result.thread.start();
        return result;
    }

    /**
     * Waits for the model.
     *
     * @throws UserException the exception that loading threw
     */
    public TextModel awaitReady() {
        try {
            return model.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Whether the model is still loading. */
    public boolean isLoading() {
        return !model.isDone();
    }

    /** The model, once it is loaded. Callers may use only its tokenizer. */
    public Optional<TextModel> model() {
        return model.isDone() && !model.isCompletedExceptionally() ? Optional.of(model.join()) : Optional.empty();
    }

    /** The limits of this engine. */
    public EngineSettings settings() {
        return settings;
    }

    /** Length in tokens of the longest text that fits, prompt and answer together. 0 until the model is loaded. */
    public int longest() {
        return model().map(m -> (int) Math.min(m.maxPositions(), settings.tokens()))
                .orElse(0);
    }

    /** Maximum memory for keys and values, bytes. It may be twice as much while texts are moved to free capacity. */
    public long mostBytes() {
        return model().map(m -> m.model().spec().keyValueBytes()
                        * BatchGenerator.mostTokens(settings.slots(), settings.tokens(), longest()))
                .orElse(0L);
    }

    /** Whether requests are accepted. */
    public boolean isOpen() {
        return queue.isOpen() && model().isPresent();
    }

    /** Number of texts that wait for a slot. */
    public int waiting() {
        return queue.waiting();
    }

    /** Number of active texts. */
    public int active() {
        return queue.active();
    }

    /**
     * Submits texts: all are accepted, or none.
     *
     * @throws IllegalArgumentException if the capacity can never hold one of them, or that many
     */
    public Admission submit(List<TextRequest> requests) {
        if (requests.size() > settings.slots() + settings.queue()
                || requests.stream().anyMatch(r -> r.prompt().length + (long) r.maxNewTokens() > settings.tokens())) {
            throw new IllegalArgumentException("the request exceeds the capacity of the engine");
        }
        var opened = model();
        if (opened.isEmpty()) {
            return Admission.Refused.LOADING;
        }
        var cancelled = new AtomicBoolean();
        var texts = requests.stream()
                .map(request -> new ActiveText(request, opened.get(), cancelled, observer, this::ended))
                .toList();
        var refused = queue.add(texts, settings.slots());
        if (refused.isPresent()) {
            return refused.get();
        }
        observer.onAccepted(
                texts.size(),
                requests.stream().mapToLong(r -> r.prompt().length).sum());
        return new Admission.Accepted(() -> cancel(cancelled));
    }

    private void cancel(AtomicBoolean flag) {
        if (flag.compareAndSet(false, true)) {
            // those in the batch leave it with their next token
            for (var i = queue.removeCancelled(); i > 0; i--) {
                observer.onCancelled();
            }
        }
    }

    /**
     * Stops accepting requests and waits for those that it has.
     *
     * @return whether all were finished in time
     */
    public boolean drain(Duration atMost) throws InterruptedException {
        return queue.drain(atMost.toNanos());
    }

    private void run(Supplier<TextModel> load) {
        try (var opened = load.get()) {
            queue.open();
            model.complete(opened);
            serve(opened);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            if (!model.completeExceptionally(e)) {
                LOG.error("The engine ended", e);
            }
        } finally {
            close(queue.close());
        }
    }

    private void serve(TextModel opened) throws InterruptedException {
        while (queue.awaitWork()) {
            try {
                step(opened);
            } catch (RuntimeException | Error e) { // any failure: the next request may succeed
                fail(e);
            }
        }
        close(List.copyOf(active));
        Optional.ofNullable(generator).ifPresent(BatchGenerator::close);
    }

    private void step(TextModel opened) {
        for (var text = next(); text.isPresent(); text = next()) {
            active.add(text.get());
            batch(opened).add(text.get().continuation());
        }
        batch(opened).step();
    }

    private BatchGenerator batch(TextModel opened) {
        var batch = generator;
        if (batch == null) {
            batch = new BatchGenerator(opened.model(), settings.slots(), settings.tokens());
            generator = batch;
        }
        return batch;
    }

    /** An empty batch has capacity for every text. */
    private Optional<ActiveText> next() {
        var batch = generator;
        return queue.next(text -> batch == null || batch.hasCapacity(text.continuation()));
    }

    private void ended(ActiveText text) {
        active.remove(text);
        queue.left(1);
    }

    private void fail(Throwable cause) {
        var id = String.format(Locale.ROOT, "%012x", ThreadLocalRandom.current().nextLong() >>> 16);
        LOG.error("Failure {}: the model failed, and {} texts with it", id, active.size(), cause);
        var failed = List.copyOf(active);
        active.clear();
        // its state may be half updated
        Optional.ofNullable(generator).ifPresent(BatchGenerator::close);
        generator = null;
        observer.onFailure(failed.size());
        failed.forEach(text -> text.fail(new TextListener.Failure(TextListener.Failure.Kind.BROKEN, id)));
        queue.left(failed.size());
    }

    private static void close(List<ActiveText> texts) {
        texts.forEach(text -> text.fail(new TextListener.Failure(TextListener.Failure.Kind.CLOSED, "")));
    }

    /** Ends immediately: unfinished texts fail. A model that is still loading is closed once it is loaded. */
    @Override
    public void close() {
        close(queue.close());
        if (isLoading()) {
            return; // it cannot be interrupted
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Observes the engine, for statistics. Called from several threads; must return immediately. */
    public interface Observer {
        /** Called when texts were accepted, with their number and the tokens in all their prompts. */
        default void onAccepted(int texts, long promptTokens) {}

        /** Called at a text's first token, with the seconds since the request. */
        default void onFirstToken(double seconds) {}

        /** Called at each further token, with the seconds since the previous one. */
        default void onToken(double seconds) {}

        /** Called when a text was dropped because it was cancelled. */
        default void onCancelled() {}

        /** Called when the model failed, with the number of texts that failed with it. */
        default void onFailure(int texts) {}
    }
}
