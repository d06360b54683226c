package dev.tandem.data.template;

/** Searches for strings in strings; places are counted in code points. */
final class Search {
    private Search() {}

    static Object affix(String name, String text, Arguments arguments, boolean start) {
        var bound = arguments.bind(name, 1, "affix", "start", "end");
        var window = Window.of(text, bound);
        if (window.empty()) {
            return false;
        }
        String inside = window.text();
        var affixes = bound.get(0) instanceof Tuple tuple ? tuple.items() : java.util.List.of(bound.get(0));
        for (Object affix : affixes) {
            String part = Arguments.of(affix).bind(name, 1, "affix").text(0);
            if (start ? inside.startsWith(part) : inside.endsWith(part)) {
                return true;
            }
        }
        return false;
    }

    static Object find(String name, String text, Arguments arguments) {
        var bound = arguments.bind(name, 1, "sub", "start", "end");
        var window = Window.of(text, bound);
        String part = bound.text(0);
        int at = name.startsWith("r")
                ? window.text().lastIndexOf(part)
                : window.text().indexOf(part);
        if (at < 0 || window.empty()) {
            if (name.endsWith("index")) {
                throw new TemplateFault("substring not found");
            }
            return -1L;
        }
        return window.from() + window.text().codePointCount(0, at);
    }

    static Object count(String text, Arguments arguments) {
        var bound = arguments.bind("count", 1, "sub", "start", "end");
        var window = Window.of(text, bound);
        return window.empty() ? 0L : Replace.count(window.text(), bound.text(0));
    }

    /** The part of a text between optional bounds, which are the second and third of the arguments. */
    private record Window(String text, long from, boolean empty) {
        static Window of(String text, Arguments.Bound bound) {
            long size = CodePoints.length(text);
            long from = clamp(at(bound, 1, 0), size);
            long to = Math.min(clamp(at(bound, 2, size), size), size);
            return from > to
                    ? new Window("", from, true)
                    : new Window(CodePoints.slice(text, (int) from, (int) to), from, false);
        }

        private static long at(Arguments.Bound bound, int index, long fallback) {
            return bound.has(index) && bound.get(index) != None.NONE ? bound.whole(index) : fallback;
        }

        private static long clamp(long at, long size) {
            return Math.max(at < 0 ? at + size : at, 0);
        }
    }
}
