package dev.tandem.eval.judge;

import dev.tandem.eval.AnswerPairs;
import dev.tandem.eval.judge.Verdict.Order;
import dev.tandem.eval.judge.Verdict.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Judges one pair at a time, in both orders; threads share it. */
final class PairJudge {
    private final ChatEndpoint endpoint;
    private final JudgeSettings settings;
    private final ReplyCache cache;
    private final ChatClient client;
    private final Budget budget;

    PairJudge(ChatEndpoint endpoint, JudgeSettings settings, ReplyCache cache, ChatClient client, Budget budget) {
        this.endpoint = endpoint;
        this.settings = settings;
        this.cache = cache;
        this.client = client;
        this.budget = budget;
    }

    /** Thrown if there is no money for a request. */
    private static final class NoMoney extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** The judge's verdicts; empty if there is no money to ask it. */
    Optional<JudgedPair> judge(AnswerPairs.Pair pair) {
        var verdicts = new ArrayList<Verdict>();
        try {
            for (var order : Order.values()) {
                verdicts.add(same(pair) ? same(order) : verdict(pair, order));
            }
        } catch (NoMoney e) {
            return Optional.empty();
        }
        return Optional.of(new JudgedPair(pair, verdicts));
    }

    private static boolean same(AnswerPairs.Pair pair) {
        return pair.first().output().equals(pair.second().output());
    }

    private static Verdict same(Order order) {
        return new Verdict(order, OptionalDouble.of(0.5), Source.SAME_ANSWER, 1, "");
    }

    /** The first requests about a pair; none if its answers are the same. */
    List<ChatRequest> requests(AnswerPairs.Pair pair) {
        return same(pair) ? List.of() : List.of(request(pair, Order.FIRST_FIRST), request(pair, Order.SECOND_FIRST));
    }

    /** Whether the reply to a request is cached. */
    boolean known(ChatRequest request) {
        return cache.find(request.digest(endpoint)).isPresent();
    }

    private ChatRequest request(AnswerPairs.Pair pair, Order order) {
        var first = pair.first().output();
        var second = pair.second().output();
        return order == Order.FIRST_FIRST
                ? settings.request(pair.prompt(), first, second)
                : settings.request(pair.prompt(), second, first);
    }

    /** A verdict. A reply that is not a verdict is followed up once with a request for one. */
    private Verdict verdict(AnswerPairs.Pair pair, Order order) {
        var request = request(pair, order);
        var reply = ask(request);
        var verdict = read(order, reply);
        if (verdict.preference().isPresent()) {
            return verdict;
        }
        var said = reply.text().isBlank() ? "(nothing)" : reply.text();
        return read(
                order,
                ask(request.with(
                        new ChatMessage("assistant", said),
                        new ChatMessage(
                                "user",
                                "That is no verdict. Reply with "
                                        + settings.words().said() + " and nothing else."))));
    }

    private Verdict read(Order order, ChatReply reply) {
        var words = settings.words();
        if (settings.weighted() && !reply.first().isEmpty()) {
            var weighed = words.read(reply.first());
            var preference = weighed.map(w -> OptionalDouble.of(order.turn(w.preference())))
                    .orElse(OptionalDouble.empty());
            return new Verdict(
                    order,
                    preference,
                    Source.LOG_PROBS,
                    weighed.map(VerdictWords.Weighed::mass).orElse(0.0),
                    reply.text());
        }
        var read = words.read(reply.text());
        var preference = read.isPresent() ? OptionalDouble.of(order.turn(read.getAsDouble())) : read;
        return new Verdict(order, preference, Source.TEXT, 1, reply.text());
    }

    private ChatReply ask(ChatRequest request) {
        return cache.get(request.digest(endpoint), () -> {
            var most = request.estimate();
            if (!budget.reserve(most)) {
                throw new NoMoney();
            }
            var answered = false;
            try {
                var reply = client.ask(request);
                budget.settle(most, reply.usage().orElse(most));
                answered = true;
                return reply;
            } finally {
                if (!answered) {
                    budget.giveBack(most);
                }
            }
        });
    }
}
