package dev.tandem.serve;

import dev.tandem.data.TextTokenizer;
import dev.tandem.eval.Answer;
import dev.tandem.eval.AnswerListener;
import dev.tandem.model.generation.Continuation;
import dev.tandem.model.generation.Sampler;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A text from its request to its end. */
final class PendingText {
    private static final Logger LOG = LoggerFactory.getLogger(PendingText.class);

    private final TextRequest request;
    private final AtomicBoolean cancelled;
    private final EngineObserver observer;
    private final Consumer<PendingText> ended;
    private final Continuation continuation;
    private long last = System.nanoTime();
    private boolean begun;

    /**
     * @param cancelled set when the request is cancelled; texts of one request share it
     * @param ended called when the text leaves the batch by itself
     */
    PendingText(
            TextRequest request,
            TextTokenizer tokenizer,
            AtomicBoolean cancelled,
            EngineObserver observer,
            Consumer<PendingText> ended) {
        this.request = request;
        this.cancelled = cancelled;
        this.observer = observer;
        this.ended = ended;
        this.continuation = new Continuation(
                request.prompt(),
                request.maxNewTokens(),
                tokenizer.endTokens(),
                new Sampler(request.sampling(), request.seed(), tokenizer.vocabSize()),
                new Timed(new AnswerListener(
                        tokenizer, request.stops(), request.spaces(), this::piece, cancelled::get, this::answered)));
    }

    boolean isCancelled() {
        return cancelled.get();
    }

    /** The text in the form that the batch takes. */
    Continuation continuation() {
        return continuation;
    }

    /** Reports the time of tokens, then passes them on. */
    private final class Timed implements Continuation.Listener {
        private final AnswerListener answer;

        Timed(AnswerListener answer) {
            this.answer = answer;
        }

        @Override
        public boolean onToken(int token) {
            var now = System.nanoTime();
            var seconds = (now - last) * 1e-9;
            last = now;
            if (begun) {
                observer.onToken(seconds);
            } else {
                begun = true;
                observer.onFirstToken(seconds);
            }
            return answer.onToken(token);
        }

        @Override
        public void onEnd(Continuation.End end) {
            answer.onEnd(end);
        }
    }

    private void piece(String text) {
        tell(() -> request.listener().onText(text));
    }

    private void answered(Answer answer) {
        if (isCancelled()) {
            observer.onCancelled();
        } else {
            tell(() -> request.listener().onEnd(answer));
        }
        // last: code that waits for the end of all texts relies on their having been reported
        ended.accept(this);
    }

    void fail(TextListener.Failure failure) {
        tell(() -> request.listener().onFailure(failure));
    }

    /** A listener that fails must not affect the texts of others. */
    private void tell(Runnable news) {
        if (isCancelled()) {
            return;
        }
        try {
            news.run();
        } catch (RuntimeException e) {
            LOG.error("The listener of a text failed; the text is dropped", e);
            cancelled.set(true);
        }
    }
}
