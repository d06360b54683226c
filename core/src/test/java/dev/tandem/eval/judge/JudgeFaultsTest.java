package dev.tandem.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.eval.judge.ChatStub.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Failures over a real connection to a local server: faults, refusals, keys, money. */
class JudgeFaultsTest {
    private static final String KEY = "sk-very-secret-0123";

    @TempDir
    Path folder;

    private Path cache() {
        return folder.resolve("cache.jsonl");
    }

    private Judging judging(ChatStub stub) {
        return new Judging(stub, cache());
    }

    @Test
    void faultsThatPassAreTriedAgain() {
        try (var stub = new ChatStub(Judging::fair)) {
            stub.faults.addAll(List.of(Fault.TOO_MANY, Fault.BROKEN_SERVER, Fault.TORN));
            var judging = judging(stub).timeout(Duration.ofSeconds(1));
            assertThat(judging.run(Judging.threePairs()).wins().wins()).isEqualTo(2);
            assertThat(stub.requests).hasSize(9);
            assertThat(judging.messages)
                    .anyMatch(m -> m.contains("too many requests (HTTP 429); trying again in 0.0 s"))
                    .anyMatch(m -> m.contains("has a fault (HTTP 500); trying again in 0.01 s"));
        }
    }

    @Test
    void theJudgeSaysWhenToAskAgainAlsoByDate() {
        try (var stub = new ChatStub(Judging::fair)) {
            stub.faults.add(Fault.TOO_MANY);
            stub.retryAfter = "Thu, 01 Jan 2015 00:00:00 GMT";
            var judging = judging(stub);
            assertThat(judging.run(Judging.threePairs()).wins().wins()).isEqualTo(2);
            assertThat(judging.messages).anyMatch(m -> m.contains("(HTTP 429); trying again in 0.0 s"));
            stub.faults.add(Fault.TOO_MANY);
            stub.retryAfter = "86400";
            var other = new Judging(stub, folder.resolve("other.jsonl"));
            assertThatThrownBy(() -> other.run(Judging.threePairs()))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("and asks to wait 86400 s. Run the same command again then");
        }
    }

    @Test
    void cancelledItStopsAndGoesOnLater() {
        try (var stub = new ChatStub(Judging::fair)) {
            assertThatThrownBy(() -> judging(stub)
                            .cancelled(() -> stub.requests.size() >= 2)
                            .run(Judging.threePairs()))
                    .isInstanceOf(CancellationException.class);
            var before = stub.requests.size();
            assertThat(before).isBetween(2, 5);
            assertThat(judging(stub).run(Judging.threePairs()).cost().requests())
                    .isEqualTo(6 - before);
            assertThat(stub.requests).hasSize(6);
        }
    }

    @Test
    void requestsSideBySideStayWithinTheLimit() {
        var answers = new ArrayList<String>();
        for (var i = 0; i < 60; i++) {
            answers.add("good " + i);
        }
        try (var stub = new ChatStub(Judging::fair)) {
            var result =
                    judging(stub).parallel(8).maxCost(40).run(Judging.pairs(answers, Collections.nCopies(60, "bad")));
            assertThat(result.cost().stopped()).isTrue();
            assertThat(result.cost().dollars().orElseThrow()).isBetween(20.0, 40.0);
            assertThat(result.cost().requests()).isEqualTo(stub.requests.size());
        }
    }

    @Test
    void slowAndSenselessAnswersAreTriedAgain() {
        try (var stub = new ChatStub(Judging::fair)) {
            stub.faults.addAll(List.of(Fault.SLOW, Fault.NO_JSON, Fault.NO_CHOICES));
            var judging = judging(stub).timeout(Duration.ofMillis(300));
            assertThat(judging.run(Judging.threePairs()).wins().wins()).isEqualTo(2);
            assertThat(judging.messages)
                    .anyMatch(m -> m.contains("no reply within 0.3 s"))
                    .anyMatch(m -> m.contains("did not return a chat completion"));
        }
    }

    @Test
    void aFaultThatStaysEndsTheRunAndWhatIsThereIsKept() {
        try (var stub = new ChatStub(Judging::fair)) {
            judging(stub).run(Judging.threePairs().subList(0, 2));
            stub.status = 503;
            assertThatThrownBy(() -> judging(stub).run(Judging.threePairs()))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("Cannot ask the judge judge-1: localhost has a fault")
                    .hasMessageContaining("HTTP 503")
                    .hasMessageContaining("after 4 attempts");
            stub.status = 200;
            assertThat(judging(stub).run(Judging.threePairs()).cost().requests())
                    .isEqualTo(2);
        }
    }

    @Test
    void refusalsEndTheRunAtOnceAndNeverShowTheKey() {
        try (var stub = new ChatStub(Judging::fair)) {
            stub.error = "{\"error\": {\"message\": \"Wrong: " + KEY + ".\", \"code\": \"insufficient_quota\"}}";
            for (var expected : Map.of(
                            401, "refuses the judge's key (HTTP 401)",
                            404, "has no model \"judge-1\"",
                            400, "refuses the request (HTTP 400): Wrong: ….",
                            302, "refuses the request (HTTP 302)",
                            429, "money is spent (HTTP 429): Wrong: …")
                    .entrySet()) {
                stub.status = expected.getKey();
                stub.requests.clear();
                assertThatThrownBy(() -> judging(stub).key(KEY).run(Judging.threePairs()))
                        .isInstanceOf(UserException.class)
                        .hasMessageContaining(expected.getValue())
                        .hasMessageNotContaining(KEY);
                assertThat(stub.requests).hasSize(1);
            }
            assertThat(stub.keys).containsOnly("Bearer " + KEY);
        }
    }

    @Test
    void theKeyIsInNoFileAndNoMessage() throws IOException {
        try (var stub = new ChatStub(Judging::fair)) {
            stub.faults.add(Fault.BROKEN_SERVER);
            var judging = judging(stub).key(KEY);
            var result = judging.run(Judging.threePairs());
            assertThat(stub.keys).containsOnly("Bearer " + KEY);
            assertThat(Files.readString(cache())).doesNotContain(KEY);
            assertThat(judging.messages.toString()).doesNotContain(KEY);
            assertThat(result.toString() + result.json()).doesNotContain(KEY);
        }
    }

    @Test
    void nothingIsAskedTwice() {
        try (var stub = new ChatStub(Judging::fair)) {
            var doubled = new ArrayList<>(Judging.threePairs());
            doubled.addAll(Judging.threePairs());
            var first = judging(stub).parallel(6).run(doubled);
            assertThat(stub.requests).hasSize(6);
            var again = judging(stub).run(doubled);
            assertThat(stub.requests).hasSize(6);
            assertThat(again.wins()).isEqualTo(first.wins());
            assertThat(again.cost().requests()).isZero();
        }
    }

    @Test
    void atTheLimitItStopsWithWholePairsAndGoesOnLater() {
        try (var stub = new ChatStub(Judging::fair)) {
            // at most about 3 dollars are reserved for a request, and it costs one
            var judging = judging(stub).maxCost(6.5);
            var part = judging.run(Judging.threePairs());
            assertThat(part.cost().stopped()).isTrue();
            assertThat(part.left()).isBetween(1, 2);
            assertThat(part.cost().dollars().orElseThrow()).isLessThanOrEqualTo(6.5);
            assertThat(part.json()).containsEntry("complete", false);
            assertThat(judging.messages.get(0))
                    .contains("3 pairs, 6 requests, 0 of them answered before", "at most about $");
            var whole = judging(stub).run(Judging.threePairs());
            assertThat(whole.left()).isZero();
            assertThat(stub.requests).hasSize(6);
            assertThatThrownBy(() -> new Judging(stub, folder.resolve("other.jsonl"))
                            .maxCost(0.5)
                            .run(Judging.threePairs()))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("$0.5000 does not suffice for one pair");
        }
    }

    @Test
    void withoutUsageTheEstimateCounts() {
        try (var stub = new ChatStub(Judging::fair)) {
            stub.usage = false;
            assertThat(judging(stub).run(Judging.threePairs()).cost().tokens().in())
                    .isBetween(600L, 3000L);
        }
    }
}
