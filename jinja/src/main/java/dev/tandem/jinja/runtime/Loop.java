package dev.tandem.jinja.runtime;

import dev.tandem.jinja.python.Iteration;
import dev.tandem.jinja.value.LoopState;
import dev.tandem.jinja.value.Truth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Execution of a loop. */
final class Loop {
    private final Stmt.For loop;
    private final Frame frame;

    Loop(Stmt.For loop, Frame frame) {
        this.loop = loop;
        this.frame = frame;
    }

    Flow run() {
        Object iterable = frame.eval(loop.iterable());
        if (loop.recursive()) {
            frame.out().append(recurse(iterable, 0));
            return Flow.NEXT;
        }
        return over(iterable, 0, frame);
    }

    private String recurse(Object iterable, int depth) {
        frame.limits().enter();
        try {
            Frame captured = frame.captured();
            over(iterable, depth, captured);
            return captured.out().toString();
        } finally {
            frame.limits().leave();
        }
    }

    /** Only the part for no items can leave the loops around this one. */
    private Flow over(Object iterable, int depth, Frame around) {
        List<Object> items = picked(Iteration.list(iterable, frame.limits()));
        if (items.isEmpty()) {
            return loop.otherwise().enter(around).execute(loop.otherwise().body());
        }
        Optional<LoopState.Recursion> recursion = loop.recursive() ? Optional.of(this::recurse) : Optional.empty();
        var state = new LoopState(items, depth, recursion);
        boolean completed = false;
        for (int i = 0; i < items.size(); i++) {
            state.moveTo(i);
            Frame inner = loop.block().enter(around);
            inner.scope().set("loop", state);
            loop.target().assign(items.get(i), inner);
            Flow flow = inner.execute(loop.block().body());
            if (flow == Flow.BREAK) {
                break;
            }
            completed |= flow == Flow.NEXT;
        }
        // The original records that a loop had items at the end of its body, which break and continue skip.
        return completed
                ? Flow.NEXT
                : loop.otherwise().enter(around).execute(loop.otherwise().body());
    }

    private List<Object> picked(List<Object> items) {
        if (loop.filter().isEmpty()) {
            return items;
        }
        var picked = new ArrayList<Object>();
        for (Object item : items) {
            Frame test = frame.inner(java.util.Set.of());
            loop.target().assign(item, test);
            if (Truth.of(test.eval(loop.filter().get()))) {
                picked.add(item);
            }
        }
        return picked;
    }
}
