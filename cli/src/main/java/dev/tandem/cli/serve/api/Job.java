package dev.tandem.cli.serve.api;

import dev.tandem.cli.serve.wire.ApiError;
import dev.tandem.cli.serve.wire.Exchange;
import dev.tandem.inference.Answer;
import dev.tandem.inference.GenerationSettings;
import dev.tandem.serve.Admission;
import dev.tandem.serve.TextListener;
import dev.tandem.serve.TextRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Delivers the texts of one request to the client. Its state belongs to the connection's event loop. */
final class Job {
    private static final Logger LOG = LoggerFactory.getLogger(Job.class);

    private final Exchange exchange;
    private final ResponseFormat shape;
    private final ParsedRequest asked;
    private final Answer[] answers;
    private final boolean[] opened;
    private int left;
    private boolean failed;

    private Job(Exchange exchange, ResponseFormat shape, ParsedRequest asked) {
        this.exchange = exchange;
        this.shape = shape;
        this.asked = asked;
        this.answers = new Answer[asked.texts()];
        this.opened = new boolean[asked.texts()];
        this.left = asked.texts();
    }

    /** Submits the request to the engine. May be called by any thread. */
    static void start(ServedModel served, Exchange exchange, ResponseFormat shape, ParsedRequest asked) {
        var job = new Job(exchange, shape, asked);
        var admission = served.engine().submit(job.requests(asked.seed().orElseGet(served::nextSeed)));
        exchange.inLoop(() -> {
            if (admission instanceof Admission.Accepted accepted) {
                exchange.onAbandoned(accepted.ticket()::cancel);
            } else {
                exchange.error(refused((Admission.Refused) admission));
            }
        });
    }

    private static ApiError refused(Admission.Refused why) {
        return switch (why) {
            case FULL -> ApiError.full();
            case LOADING -> ApiError.unavailable("The model is being loaded. Try again in a while.");
            case CLOSING -> ApiError.unavailable("The server is stopping.");
        };
    }

    private List<TextRequest> requests(long seed) {
        var result = new ArrayList<TextRequest>();
        for (var prompt : asked.prompts()) {
            for (var copy = 0; copy < asked.copies(); copy++) {
                var index = result.size();
                result.add(new TextRequest(
                        prompt.ids(),
                        prompt.spaces(),
                        prompt.continued(),
                        prompt.maxNewTokens(),
                        asked.sampling(),
                        asked.stops(),
                        GenerationSettings.seed(seed, index),
                        new Choice(index)));
            }
        }
        return result;
    }

    /** Receives one text on the engine's thread. */
    private final class Choice implements TextListener {
        private final int index;

        Choice(int index) {
            this.index = index;
        }

        @Override
        public void onText(String piece) {
            if (asked.stream()) {
                exchange.inLoop(() -> {
                    open(index);
                    exchange.event(shape.piece(index, piece, asked.usage()));
                });
            }
        }

        @Override
        public void onEnd(Answer answer) {
            exchange.inLoop(() -> ended(index, answer));
        }

        @Override
        public void onFailure(Failure failure) {
            exchange.inLoop(() -> failed(failure));
        }
    }

    private void open(int index) {
        exchange.beginEvents();
        if (!opened[index]) {
            opened[index] = true;
            shape.opening(index, asked.usage()).ifPresent(exchange::event);
        }
    }

    private void ended(int index, Answer answer) {
        answers[index] = answer;
        left--;
        if (asked.stream()) {
            open(index);
            exchange.event(shape.end(index, answer, asked.usage()));
        }
        if (left > 0) {
            return;
        }
        var all = List.of(Objects.requireNonNull(answers));
        if (!asked.stream()) {
            exchange.json(200, shape.whole(all, asked.promptTokens()));
            return;
        }
        if (asked.usage()) {
            exchange.event(shape.total(all, asked.promptTokens()));
        }
        exchange.endEvents();
    }

    /** When one text fails, the others of its request fail too. */
    private void failed(TextListener.Failure failure) {
        var broken = failure.kind() == TextListener.Failure.Kind.BROKEN;
        if (broken && !failed) {
            LOG.error("Failure {}: the request {} failed with it", failure.id(), exchange.id());
        }
        failed = true;
        var error = broken ? ApiError.failure(failure.id()) : ApiError.unavailable("The server is stopping.");
        if (exchange.isStreaming()) {
            exchange.breakEvents(error);
        } else {
            exchange.error(error);
        }
        exchange.giveUp();
    }
}
