package dev.tandem.serve;

import dev.tandem.inference.Answer;
import dev.tandem.inference.AnswerListener;
import dev.tandem.model.generation.GenerationTask;
import dev.tandem.model.generation.Sampler;
import dev.tandem.model.generation.TextModel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A text from its request to its end. */
final class ActiveText {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveText.class);

    private final TextRequest request;
    private final AtomicBoolean cancelled;
    private final Engine.Observer observer;
    private final Consumer<ActiveText> ended;
    private final GenerationTask continuation;
    private long last = System.nanoTime();
    private boolean begun;

    /**
     * @param cancelled set when the request is cancelled; texts of one request share it
     * @param ended called when the text leaves the batch by itself
     */
    ActiveText(
            TextRequest request,
            TextModel model,
            AtomicBoolean cancelled,
            Engine.Observer observer,
            Consumer<ActiveText> ended) {
        this.request = request;
        this.cancelled = cancelled;
        this.observer = observer;
        this.ended = ended;
        var tokenizer = model.tokenizer();
        this.continuation = new GenerationTask(
                request.prompt(),
                request.maxNewTokens(),
                model.endTokens(),
                new Sampler(request.sampling(), request.seed(), tokenizer.vocabSize()),
                new Timed(new AnswerListener(
                        tokenizer,
                        request.stops(),
                        request.continued() ? request.prompt() : new int[0],
                        request.spaces(),
                        this::piece,
                        cancelled::get,
                        this::answered)));
    }

    boolean isCancelled() {
        return cancelled.get();
    }

    /** The text in the form that the batch takes. */
    GenerationTask continuation() {
        return continuation;
    }

    /** Reports the time of tokens, then passes them on. */
    private final class Timed implements GenerationTask.Listener {
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
        public void onEndToken(int token) {
            answer.onEndToken(token);
        }

        @Override
        public void onEnd(GenerationTask.End end) {
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
        // last, because code that waits for the end of all texts relies on the reports of all of them
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
