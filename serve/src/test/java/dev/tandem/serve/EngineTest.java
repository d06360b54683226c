package dev.tandem.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.inference.Answer;
import dev.tandem.inference.TinyTextModel;
import dev.tandem.model.generation.BatchGenerator;
import dev.tandem.model.generation.Sampling;
import dev.tandem.model.generation.TextModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EngineTest {
    private static final Sampling WARM = new Sampling(1.0, 0, 1.0, 0.0, 1.0);
    /** The model's maximum number of tokens, minus the longest prompt here. */
    private static final int LONG = 350;

    @TempDir
    Path folder;

    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private Engine engine;

    @BeforeEach
    void start() {
        engine = start(new EngineSettings(4, 6, 1600));
        engine.awaitReady();
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private Engine start(EngineSettings settings) {
        return Engine.start(() -> TinyTextModel.open(folder), settings, new Engine.Observer() {
            @Override
            public void onCancelled() {
                cancelled.incrementAndGet();
            }

            @Override
            public void onFailure(int texts) {
                failed.addAndGet(texts);
            }
        });
    }

    private static TextRequest request(int[] prompt, int most, Sampling sampling, Heard heard) {
        return new TextRequest(prompt, 0, true, most, sampling, List.of(), 7, heard);
    }

    private int[] prompt(String text) {
        return engine.awaitReady().tokenizer().encodePrompt(text);
    }

    private Heard ask(String text, int most) {
        var heard = new Heard();
        assertThat(engine.submit(List.of(request(prompt(text), most, WARM, heard))))
                .isInstanceOf(Admission.Accepted.class);
        return heard;
    }

    private void awaitIdle() throws InterruptedException {
        while (engine.active() > 0 || engine.waiting() > 0) {
            Thread.sleep(2);
        }
    }

    @Test
    void everyTextIsTheOneItWouldBeAlone() throws Exception {
        var random = new SplittableRandom(3);
        var prompts = new ArrayList<int[]>();
        for (var i = 0; i < 10; i++) {
            prompts.add(random.ints(random.nextInt(1, 60), 0, 300).toArray());
        }
        var heard = prompts.stream().map(p -> new Heard()).toList();
        var requests = new ArrayList<TextRequest>();
        for (var i = 0; i < 10; i++) {
            requests.add(request(prompts.get(i), 20, Sampling.GREEDY, heard.get(i)));
        }
        assertThat(engine.submit(requests)).isInstanceOf(Admission.Accepted.class);
        for (var each : heard) {
            each.answer();
        }
        try (var model = TinyTextModel.open(folder)) {
            for (var i = 0; i < 10; i++) {
                var alone = BatchGenerator.greedy(
                                model.model(),
                                List.of(prompts.get(i)),
                                20,
                                model.tokenizer().endTokens(),
                                model.tokenizer().vocabSize())
                        .get(0);
                assertThat(heard.get(i).answer().text())
                        .isEqualTo(model.tokenizer().decodeWithoutSpecialTokens(alone));
                assertThat(heard.get(i).answer().tokens()).isEqualTo(alone.length);
                assertThat(heard.get(i).pieces())
                        .isEqualTo(heard.get(i).answer().text());
            }
        }
        assertThat(engine.drain(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void whatIsNotWantedLeavesAtOnceAndMakesRoom() throws Exception {
        var wanted = new Heard();
        var waiting = new Heard();
        var tickets = new ArrayList<Admission.Ticket>();
        for (var i = 0; i < 2; i++) {
            var group = new ArrayList<TextRequest>();
            for (var j = 0; j < 4; j++) {
                group.add(request(prompt("the hill"), LONG, WARM, i == 0 && j == 0 ? wanted : waiting));
            }
            tickets.add(((Admission.Accepted) engine.submit(group)).ticket());
        }
        wanted.awaitText();
        assertThat(engine.waiting()).isEqualTo(4);
        tickets.get(1).cancel();
        tickets.get(1).cancel();
        assertThat(engine.waiting()).isZero();
        tickets.get(0).cancel();
        awaitIdle();
        assertThat(cancelled).hasValue(8);
        assertThat(wanted.isOver()).isFalse();
        assertThat(waiting.isOver()).isFalse();
        assertThat(ask("the sea", 5).answer().end()).isIn(Answer.End.LENGTH, Answer.End.EOS);
    }

    @Test
    void moreThanMayWaitIsRefusedWhole() throws Exception {
        var group = new ArrayList<TextRequest>();
        var heard = new Heard();
        for (var i = 0; i < 8; i++) {
            group.add(request(prompt("the hill"), LONG, WARM, i == 0 ? heard : new Heard()));
        }
        var accepted = (Admission.Accepted) engine.submit(group);
        assertThat(engine.submit(group.subList(0, 3))).isEqualTo(Admission.Refused.FULL);
        assertThat(engine.submit(group.subList(0, 2))).isInstanceOf(Admission.Accepted.class);
        accepted.ticket().cancel();
        group.addAll(group);
        assertThatThrownBy(() -> engine.submit(group)).isInstanceOf(IllegalArgumentException.class);
    }

    /** An id beyond the vocabulary fails inside the engine's arithmetic. */
    @Test
    void aFailureTakesTheTextsInTheMakingAndNothingElse() throws Exception {
        var companions = List.of(ask("the hill", LONG), ask("a line", LONG));
        for (var each : companions) {
            each.awaitText();
        }
        var bad = new Heard();
        engine.submit(List.of(request(new int[] {5, 1_000_000}, 5, WARM, bad)));
        var failure = bad.failure();
        assertThat(failure.kind()).isEqualTo(TextListener.Failure.Kind.BROKEN);
        assertThat(failure.id()).matches("[0-9a-f]{12}");
        for (var each : companions) {
            assertThat(each.isOver()).isTrue();
        }
        assertThat(failed.get()).isBetween(1, 3);
        assertThat(ask("the sea", 5).answer().tokens()).isBetween(0, 5);
        awaitIdle();
    }

    @Test
    void aListenerThatFailsHarmsNobody() throws Exception {
        var bad = new TextListener() {
            @Override
            public void onText(String piece) {
                throw new IllegalStateException("this listener always fails");
            }

            @Override
            public void onEnd(Answer answer) {
                throw new IllegalStateException("this listener always fails");
            }

            @Override
            public void onFailure(Failure failure) {
                throw new IllegalStateException("this listener always fails");
            }
        };
        engine.submit(List.of(new TextRequest(prompt("the hill"), 0, true, LONG, WARM, List.of(), 3, bad)));
        assertThat(ask("the sea", 30).answer().tokens()).isBetween(0, 30);
        awaitIdle();
        assertThat(failed).hasValue(0);
    }

    @Test
    void longTextsWaitForRoomAndAllEnd() throws Exception {
        try (var small = start(new EngineSettings(4, 100, 400))) {
            small.awaitReady();
            var random = new SplittableRandom(8);
            var heard = new ArrayList<Heard>();
            for (var i = 0; i < 40; i++) {
                var each = new Heard();
                var length = random.nextInt(1, 200);
                heard.add(each);
                small.submit(List.of(
                        request(random.ints(length, 0, 300).toArray(), random.nextInt(1, 40), Sampling.GREEDY, each)));
            }
            for (var each : heard) {
                each.answer();
            }
            assertThatThrownBy(() -> small.submit(List.of(request(new int[300], 101, WARM, new Heard()))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void drainingFinishesWhatIsThereAndClosingDoesNot() throws Exception {
        var first = ask("the hill", 40);
        assertThat(engine.drain(Duration.ofSeconds(60))).isTrue();
        assertThat(first.isOver()).isTrue();
        assertThat(engine.submit(List.of(request(prompt("x"), 1, WARM, new Heard()))))
                .isEqualTo(Admission.Refused.CLOSING);
        try (var other = start(new EngineSettings(1, 2, 1600))) {
            other.awaitReady();
            var heard = List.of(new Heard(), new Heard());
            heard.forEach(each -> other.submit(List.of(request(prompt("the hill"), LONG, WARM, each))));
            heard.get(0).awaitText();
            assertThat(other.drain(Duration.ZERO)).isFalse();
            other.close();
            for (var each : heard) {
                assertThat(each.failure().kind()).isEqualTo(TextListener.Failure.Kind.CLOSED);
            }
        }
    }

    @Test
    void itIsClosedUntilTheModelIsThere() throws Exception {
        var open = new CountDownLatch(1);
        try (var late = Engine.start(
                () -> {
                    await(open);
                    return TinyTextModel.open(folder);
                },
                new EngineSettings(1, 1, 64),
                new Engine.Observer() {})) {
            assertThat(late.isOpen()).isFalse();
            assertThat(late.submit(List.of(request(new int[] {1}, 1, WARM, new Heard()))))
                    .isEqualTo(Admission.Refused.LOADING);
            open.countDown();
            late.awaitReady();
            assertThat(late.longest()).isEqualTo(64);
        }
        var never = new CountDownLatch(1);
        var loading = Engine.start(
                () -> {
                    await(never);
                    return TinyTextModel.open(folder);
                },
                new EngineSettings(1, 1, 64),
                new Engine.Observer() {});
        loading.close();
        assertThat(loading.isLoading()).isTrue();
        never.countDown();
        loading.awaitReady();
        assertThat(loading.isOpen()).isFalse();
        loading.close();
        try (var none = Engine.start(
                () -> TextModel.open(
                        folder.resolve("none"), java.util.Optional.empty(), "cpu", dev.tandem.tensor.DType.F32),
                new EngineSettings(1, 1, 64),
                new Engine.Observer() {})) {
            assertThatThrownBy(none::awaitReady).isInstanceOf(UserException.class);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
