package dev.tandem.eval.judge;

import dev.tandem.UserException;
import dev.tandem.eval.answer.AnswerPairs;
import dev.tandem.eval.judge.client.ChatClient;
import dev.tandem.eval.judge.client.ChatEndpoint;
import dev.tandem.eval.judge.client.CostLimit;
import dev.tandem.eval.judge.client.Prices;
import dev.tandem.eval.judge.client.RateLimits;
import dev.tandem.eval.judge.client.ReplyCache;
import dev.tandem.eval.judge.client.Usage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Asks a model which of two answers is better, for many pairs, each in both orders. */
public final class Judge {
    private static final long POLL_MILLIS = 100;
    /** Replies that have been requested are paid for already. */
    private static final long PATIENCE_SECONDS = 20;

    private final ChatEndpoint endpoint;
    private final JudgeSettings settings;
    private final Path cache;
    private final Listener listener;

    /**
     * Creates a judge.
     *
     * @param cache file of replies; created if absent
     * @param listener notified of the progress
     */
    public Judge(ChatEndpoint endpoint, JudgeSettings settings, Path cache, Listener listener) {
        this.endpoint = endpoint;
        this.settings = settings;
        this.cache = cache;
        this.listener = listener;
    }

    /**
     * Judges all pairs, or as many as the cost limit allows. Replies are stored in the cache immediately: stopped at
     * any moment, the same judge resumes where it was.
     *
     * @param difficulty the difficulty of a pair's instruction, if known
     * @param cancelled checked regularly
     * @throws UserException if the judge refuses, cannot be reached, or does not return a readable verdict
     * @throws CancellationException if it was cancelled
     */
    public JudgeResult run(
            List<AnswerPairs.Pair> pairs,
            Function<AnswerPairs.Pair, Optional<Double>> difficulty,
            BooleanSupplier cancelled) {
        // a prompt without a difficulty is found before any request is paid for
        var difficulties = new IdentityHashMap<AnswerPairs.Pair, Optional<Double>>();
        pairs.forEach(pair -> difficulties.put(pair, difficulty.apply(pair)));
        var budget = new CostLimit(settings.prices(), settings.maxCost());
        var stopping = new AtomicBoolean();
        var pace = settings.pace();
        var limits =
                new RateLimits(pace.requestsPerMinute(), pace.tokensPerMinute(), RateLimits.Pace.real(), stopping::get);
        try (var replies = ReplyCache.open(cache, this::message)) {
            var client = new ChatClient(endpoint, limits, this::message);
            var judge = new PairJudge(endpoint, settings, replies, client, budget);
            estimate(pairs, judge);
            var judged = judge(pairs, judge, budget, cancelled, stopping);
            var dollars = settings.prices().map(p -> budget.spent());
            var cost = new JudgeCost(budget.requests(), budget.used(), dollars, budget.exhausted());
            return JudgeResult.of(
                    settings, pairs.size(), judged, pair -> difficulties.getOrDefault(pair, Optional.empty()), cost);
        }
    }

    private synchronized void message(String text) {
        listener.message(text);
    }

    private synchronized void progress(int done, int pairs, double dollars) {
        listener.progress(done, pairs, dollars);
    }

    private void estimate(List<AnswerPairs.Pair> pairs, PairJudge judge) {
        var known = 0L;
        var requests = 0L;
        var most = Usage.NONE;
        for (var pair : pairs) {
            for (var request : judge.requests(pair)) {
                requests++;
                if (judge.known(request)) {
                    known++;
                } else {
                    most = most.plus(request.estimate());
                }
            }
        }
        var words = String.format(
                Locale.ROOT, "%,d pairs, %,d requests, %,d of them answered before", pairs.size(), requests, known);
        message(known == requests ? words + "." : words + "; the others are " + words(most));
    }

    private String words(Usage most) {
        var cost = settings.prices()
                .map(p -> ": at most about " + Prices.dollars(p.of(most)))
                .orElse("");
        return String.format(
                Locale.ROOT, "about %,d tokens, and at most %,d tokens of replies%s.", most.in(), most.out(), cost);
    }

    private List<JudgedPair> judge(
            List<AnswerPairs.Pair> pairs,
            PairJudge judge,
            CostLimit budget,
            BooleanSupplier cancelled,
            AtomicBoolean stopping) {
        var failures = new ConcurrentLinkedQueue<RuntimeException>();
        Function<AnswerPairs.Pair, Optional<JudgedPair>> work = pair -> {
            try {
                return judge.judge(pair);
            } catch (RuntimeException e) {
                // before others are sent in vain, and fail for that reason
                failures.add(e);
                stopping.set(true);
                throw e;
            }
        };
        var pool = Executors.newFixedThreadPool(settings.pace().parallel(), task -> {
            var thread = new Thread(task, "judge");
            thread.setDaemon(true);
            return thread;
        });
        try {
            var futures =
                    pairs.stream().map(p -> pool.submit(() -> work.apply(p))).toList();
            var result = new ArrayList<JudgedPair>();
            for (var i = 0; i < futures.size(); i++) {
                await(futures.get(i), failures, cancelled).ifPresent(result::add);
                progress(i + 1, pairs.size(), budget.spent());
            }
            return result;
        } finally {
            stopping.set(true);
            stop(pool);
        }
    }

    /** The outcome of a pair; the first failure of any pair takes precedence. */
    private static Optional<JudgedPair> await(
            Future<Optional<JudgedPair>> future, Queue<RuntimeException> failures, BooleanSupplier cancelled) {
        while (true) {
            if (cancelled.getAsBoolean()) {
                throw new CancellationException();
            }
            var failure = Optional.ofNullable(failures.peek());
            if (failure.isPresent()) {
                throw failure.get();
            }
            try {
                return future.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // not ready yet
                continue;
            } catch (ExecutionException e) {
                throw Optional.ofNullable(failures.peek()).orElseGet(() -> new IllegalStateException(e.getCause()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException();
            }
        }
    }

    private static void stop(ExecutorService pool) {
        pool.shutdown();
        try {
            if (!pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                pool.shutdownNow();
                pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            pool.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** Notified of the progress of judging; called by one thread at a time. */
    public interface Listener {
        /** Called with a message for the user. */
        void message(String text);

        /**
         * Called when a pair was judged, or there was no money for it.
         *
         * @param dollars dollars spent in this run
         */
        void progress(int done, int pairs, double dollars);
    }
}
