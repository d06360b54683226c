package dev.tandem.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.eval.judge.ChatStub.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verdicts over a real connection to a local server. */
class JudgeTest {
    @TempDir
    Path folder;

    private Path cache() {
        return folder.resolve("cache.jsonl");
    }

    private Judging judging(ChatStub stub) {
        return new Judging(stub, cache());
    }

    @Test
    void bothOrdersAreAsked() {
        try (var stub = new ChatStub(Judging::fair)) {
            var result = judging(stub).run(Judging.threePairs());
            assertThat(result.wins().rate().value()).isEqualTo(2 / 3.0, within(1e-15));
            assertThat(result.wins().wins()).isEqualTo(2);
            assertThat(result.wins().losses()).isEqualTo(1);
            assertThat(result.wins().inconsistent()).isZero();
            assertThat(result.wins().firstPosition()).isEqualTo(0.5, within(1e-15));
            assertThat(stub.requests).hasSize(6);
            assertThat(stub.keys).containsOnly("null");
            assertThat(result.cost()).isEqualTo(new JudgeCost(6, new Usage(600, 6), java.util.Optional.of(6.0), false));
            assertThat(result.json()).containsEntry("complete", true).containsEntry("judged", 3L);
        }
    }

    @Test
    void aJudgeThatLikesAPositionCannotDecide() {
        try (var stub = new ChatStub((one, other) -> Reply.of("m"))) {
            var wins = judging(stub).run(Judging.threePairs()).wins();
            assertThat(wins.rate().value()).isEqualTo(0.5);
            assertThat(wins.ties()).isEqualTo(3);
            assertThat(wins.inconsistentShare()).isEqualTo(1);
            assertThat(wins.firstPosition()).isEqualTo(1);
            assertThat(wins.shownFirst()).isEqualTo(1);
            assertThat(wins.shownSecond()).isZero();
        }
    }

    @Test
    void anAnswerAgainstItselfIsATieWithoutAsking() {
        try (var stub = new ChatStub((one, other) -> Reply.of("m"))) {
            var same = List.of("x", "a longer one", "y");
            var result = judging(stub).run(Judging.pairs(same, same));
            assertThat(result.wins().rate().value()).isEqualTo(0.5);
            assertThat(result.wins().same()).isEqualTo(3);
            assertThat(result.wins().inconsistentShare()).isZero();
            assertThat(result.lengthControlled()).isEmpty();
            assertThat(stub.requests).isEmpty();
        }
    }

    @Test
    void atEqualLengthsAJudgeThatLikesLengthIsEven() {
        var random = new SplittableRandom(3);
        var answers = new ArrayList<String>();
        var against = new ArrayList<String>();
        for (var i = 0; i < 150; i++) {
            // 30 characters longer on average
            answers.add("a".repeat(130 + random.nextInt(100)));
            against.add("b".repeat(100 + random.nextInt(100)));
        }
        try (var stub = ChatStub.likingLength()) {
            var result = judging(stub).parallel(8).run(Judging.pairs(answers, against));
            assertThat(result.wins().rate().value()).isGreaterThan(0.7);
            assertThat(result.lengthControlled().orElseThrow().length()).isGreaterThan(3);
            assertThat(result.lengthControlled().orElseThrow().rate().value()).isEqualTo(0.5, within(0.1));
            assertThat(result.lengthControlled().orElseThrow().rate().low()).isLessThan(0.5);
            assertThat(result.lengthControlled().orElseThrow().rate().high()).isGreaterThan(0.5);
            assertThat(result.wins().meanLength()).isGreaterThan(result.wins().meanLengthAgainst() + 20);
        }
    }

    @Test
    void whatIsNoVerdictIsAskedOnceMoreAndThenNamed() {
        var asked = new AtomicInteger();
        try (var stub = new ChatStub((one, other) -> {
            if (one.contains("3") || other.contains("3")) {
                return Reply.of("Both have merits: m and M.");
            }
            // every first reply is a sentence
            return asked.getAndIncrement() % 2 == 0 ? Reply.of("I like m better") : Judging.fair(one, other);
        })) {
            var result = judging(stub).run(Judging.threePairs());
            assertThat(result.wins().wins()).isEqualTo(2);
            assertThat(result.wins().pairs()).isEqualTo(2);
            assertThat(result.wins().rate().value()).isEqualTo(1);
            assertThat(result.unreadable())
                    .singleElement()
                    .satisfies(pair ->
                            assertThat(pair.pair().first().row().where()).isEqualTo("a.jsonl:3"));
            assertThat(stub.requests).hasSize(12);
            assertThat(stub.requests.get(1).path("messages").size()).isEqualTo(4);
            assertThat(stub.requests
                            .get(1)
                            .path("messages")
                            .path(3)
                            .path("content")
                            .asString(""))
                    .contains("That is no verdict", "m or M");
            assertThat(result.json()).containsEntry("unreadable", List.of("a.jsonl:3"));
        }
    }

    @Test
    void nothingReadableIsAnError() {
        try (var stub = new ChatStub((one, other) -> Reply.of("It depends"))) {
            assertThatThrownBy(() -> judging(stub).run(Judging.threePairs()))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("None of 3 pairs has verdicts that can be read: m or M was expected")
                    .hasMessageContaining("'It depends'");
        }
    }

    @Test
    void weightedVerdictsAreProbabilities() {
        try (var stub = new ChatStub((one, other) -> new Reply(
                "m", one.contains("good") ? Map.of("m", 0.6, " M", 0.2, "x", 0.2) : Map.of("m", 0.1, "M", 0.3)))) {
            var pairs = Judging.pairs(List.of("good"), List.of("bad"));
            var result = judging(stub).weighted().run(pairs);
            // 0.75 if shown first; 1 − 0.25 if shown second
            assertThat(result.wins().rate().value()).isEqualTo(0.75, within(1e-12));
            assertThat(result.withoutProbabilities()).isZero();
            assertThat(result.judged().get(0).verdicts().get(0).mass()).isEqualTo(0.8, within(1e-12));
            assertThat(stub.requests.get(0).path("top_logprobs").asInt()).isEqualTo(5);
            // replies with probabilities come back from the cache as they were
            var again = judging(stub).weighted().run(pairs);
            assertThat(again.wins()).isEqualTo(result.wins());
            assertThat(stub.requests).hasSize(2);
        }
    }

    @Test
    void withoutProbabilitiesTheWordCountsAndIsCounted() {
        try (var stub = new ChatStub(Judging::fair)) {
            var result = judging(stub).weighted().run(Judging.threePairs());
            assertThat(result.wins().wins()).isEqualTo(2);
            assertThat(result.withoutProbabilities()).isEqualTo(6);
        }
    }
}
