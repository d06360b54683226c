package dev.tandem.eval.judge;

import dev.tandem.data.rows.Row;
import dev.tandem.eval.answer.AnswerPairs;
import dev.tandem.eval.answer.AnsweredPrompt;
import dev.tandem.eval.judge.client.ChatEndpoint;
import dev.tandem.eval.judge.client.Prices;
import dev.tandem.http.Proxies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** Pairs of answers, and a judge for them at a local server. */
final class Judging {
    final List<String> messages = new CopyOnWriteArrayList<>();
    private final ChatStub stub;
    private final Path cache;
    private Optional<String> key = Optional.empty();
    private boolean weighted;
    private int parallel = 1;
    private Duration timeout = Duration.ofSeconds(20);
    private double maxCost = Double.POSITIVE_INFINITY;
    private BooleanSupplier cancelled = () -> false;

    Judging(ChatStub stub, Path cache) {
        this.stub = stub;
        this.cache = cache;
    }

    Judging key(String value) {
        key = Optional.of(value);
        return this;
    }

    Judging weighted() {
        weighted = true;
        return this;
    }

    Judging parallel(int threads) {
        parallel = threads;
        return this;
    }

    Judging timeout(Duration time) {
        timeout = time;
        return this;
    }

    /** Dollars spent, where a token that is read costs $0.01. */
    Judging maxCost(double dollars) {
        maxCost = dollars;
        return this;
    }

    Judging cancelled(BooleanSupplier asked) {
        cancelled = asked;
        return this;
    }

    static AnsweredPrompt answer(String file, int row, String text) {
        return new AnsweredPrompt(
                new Row(file + ":" + (row + 1), JsonMapper.shared().createObjectNode()), "prompt " + row, text);
    }

    static List<AnswerPairs.Pair> pairs(List<String> answers, List<String> against) {
        return IntStream.range(0, answers.size())
                .mapToObj(i -> new AnswerPairs.Pair(
                        answer("a.jsonl", i, answers.get(i)), answer("b.jsonl", i, against.get(i))))
                .toList();
    }

    /** A judge that prefers the good answer. */
    static ChatStub.Reply fair(String one, String other) {
        return ChatStub.Reply.of(one.contains("good") && !other.contains("good") ? "m" : "M");
    }

    /** The first set wins the first two, and loses the third. */
    static List<AnswerPairs.Pair> threePairs() {
        return pairs(List.of("good 1", "good 2", "bad 3"), List.of("bad", "bad", "good"));
    }

    JudgeResult run(List<AnswerPairs.Pair> pairs) {
        var endpoint = new ChatEndpoint(
                java.net.URI.create(stub.address()), key, timeout, 4, Duration.ofMillis(5), Proxies.of(Map.of()));
        var settings = new JudgeSettings(
                "judge-1",
                JudgePrompt.standard(),
                VerdictWords.STANDARD,
                weighted,
                16,
                Map.of(),
                new JudgeSettings.Pace(parallel, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY),
                Optional.of(new Prices(10_000, 0)),
                maxCost);
        return new Judge(endpoint, settings, cache, listener()).run(pairs, pair -> Optional.empty(), cancelled);
    }

    private Judge.Listener listener() {
        return new Judge.Listener() {
            @Override
            public void message(String text) {
                messages.add(text);
            }

            @Override
            public void progress(int done, int pairs, double dollars) {
                // only messages are checked
            }
        };
    }
}
