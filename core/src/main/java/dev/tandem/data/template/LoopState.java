package dev.tandem.data.template;

import java.util.List;
import java.util.Optional;

/** The variable {@code loop} inside a loop: the current position among its items. */
final class LoopState {
    /** Renders the loop's body over other items, one level deeper. */
    @FunctionalInterface
    interface Recursion {
        String render(Object iterable, int depth);
    }

    private final List<Object> items;
    private final int depth;
    private final Optional<Recursion> recursion;
    private int index;
    private Optional<Object> lastSeen = Optional.empty();

    LoopState(List<Object> items, int depth, Optional<Recursion> recursion) {
        this.items = items;
        this.depth = depth;
        this.recursion = recursion;
    }

    void moveTo(int position) {
        index = position;
    }

    long length() {
        return items.size();
    }

    Object recurse(Object iterable) {
        return recursion
                .orElseThrow(() -> new TemplateFault("'loop' can only be called in a loop marked 'recursive'"))
                .render(iterable, depth + 1);
    }

    Optional<Object> attribute(String name) {
        long at = index;
        long size = items.size();
        return switch (name) {
            case "index" -> Optional.of(at + 1);
            case "index0" -> Optional.of(at);
            case "revindex" -> Optional.of(size - at);
            case "revindex0" -> Optional.of(size - at - 1);
            case "first" -> Optional.of(at == 0);
            case "last" -> Optional.of(at == size - 1);
            case "length" -> Optional.of(size);
            case "depth" -> Optional.of(depth + 1L);
            case "depth0" -> Optional.of((long) depth);
            case "previtem" -> Optional.of(neighbour(index - 1, "there is no previous item"));
            case "nextitem" -> Optional.of(neighbour(index + 1, "there is no next item"));
            case "cycle" -> Optional.of(new Function("cycle", (arguments, context) -> cycle(arguments)));
            case "changed" -> Optional.of(new Function("changed", (arguments, context) -> changed(arguments)));
            default -> Optional.empty();
        };
    }

    private Object neighbour(int position, String otherwise) {
        return position >= 0 && position < items.size() ? items.get(position) : new Undefined(otherwise);
    }

    private Object cycle(Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            throw new TemplateFault("no items for cycling given");
        }
        return arguments.positional().get(index % arguments.positional().size());
    }

    private Object changed(Arguments arguments) {
        Object now = new Tuple(arguments.positional());
        boolean same = lastSeen.isPresent() && Equality.equal(lastSeen.get(), now);
        lastSeen = Optional.of(now);
        return !same;
    }
}
