package dev.tandem.serve;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Texts that wait for a slot, first come, first served. Safe for use by several threads. */
final class TextQueue {
    private final int most;
    private final Deque<PendingText> texts = new ArrayDeque<>();

    /** Number of texts that were taken out and are not done. */
    private int active;

    private State state = State.LOADING;

    private enum State {
        LOADING,
        OPEN,
        CLOSING,
        CLOSED
    }

    /** @param most maximum number of texts that wait for a slot */
    TextQueue(int most) {
        this.most = most;
    }

    /**
     * Adds texts: all, or none.
     *
     * @param slots number of slots in the batch, taken and free
     * @return the reason for a refusal, if refused
     */
    synchronized Optional<Admission.Refused> add(List<PendingText> more, int slots) {
        if (state != State.OPEN) {
            return Optional.of(state == State.LOADING ? Admission.Refused.LOADING : Admission.Refused.CLOSING);
        }
        if (texts.size() + more.size() > most + Math.max(0, slots - active)) {
            return Optional.of(Admission.Refused.FULL);
        }
        texts.addAll(more);
        notifyAll();
        return Optional.empty();
    }

    /** Opens the queue, unless it was closed in the meantime. */
    synchronized void open() {
        state = state == State.LOADING ? State.OPEN : state;
    }

    /** Waits until there is something to do. @return whether the queue is still open */
    synchronized boolean awaitWork() throws InterruptedException {
        while (texts.isEmpty() && active == 0 && state != State.CLOSED) {
            wait();
        }
        return state != State.CLOSED;
    }

    /** Takes out the next text, which occupies a slot from now on, if there is one and it fits. */
    synchronized Optional<PendingText> next(Predicate<PendingText> fits) {
        var next = Optional.ofNullable(texts.peek()).filter(fits);
        next.ifPresent(text -> {
            texts.remove();
            active++;
        });
        return next;
    }

    /** Records that texts left their slots. */
    synchronized void left(int count) {
        active -= count;
        notifyAll();
    }

    /** Removes cancelled texts. @return how many */
    synchronized int removeCancelled() {
        var before = texts.size();
        texts.removeIf(PendingText::isCancelled);
        notifyAll();
        return before - texts.size();
    }

    synchronized int waiting() {
        return texts.size();
    }

    synchronized int active() {
        return active;
    }

    synchronized boolean isOpen() {
        return state == State.OPEN;
    }

    /** Stops accepting texts, and waits until all are done. @return whether they are */
    synchronized boolean drain(long nanos) throws InterruptedException {
        state = state == State.CLOSED ? state : State.CLOSING;
        var end = System.nanoTime() + nanos;
        while (!texts.isEmpty() || active > 0) {
            var left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(Math.max(1, left / 1_000_000));
        }
        return true;
    }

    /** Closes the queue. @return the texts that were waiting */
    synchronized List<PendingText> close() {
        state = State.CLOSED;
        var rest = List.copyOf(texts);
        texts.clear();
        notifyAll();
        return rest;
    }
}
