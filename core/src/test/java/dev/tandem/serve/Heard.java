package dev.tandem.serve;

import dev.tandem.eval.Answer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The outcome of one text. */
final class Heard implements TextListener {
    private final StringBuffer pieces = new StringBuffer();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final CompletableFuture<Failure> failure = new CompletableFuture<>();
    private final CountDownLatch begun = new CountDownLatch(1);

    @Override
    public void onText(String piece) {
        pieces.append(piece);
        begun.countDown();
    }

    @Override
    public void onEnd(Answer heard) {
        answer.complete(heard);
    }

    @Override
    public void onFailure(Failure heard) {
        failure.complete(heard);
    }

    String pieces() {
        return pieces.toString();
    }

    Answer answer() throws Exception {
        return answer.get(60, TimeUnit.SECONDS);
    }

    Failure failure() throws Exception {
        return failure.get(60, TimeUnit.SECONDS);
    }

    void awaitText() throws InterruptedException {
        begun.await(60, TimeUnit.SECONDS);
    }

    boolean isOver() {
        return answer.isDone() || failure.isDone();
    }
}
