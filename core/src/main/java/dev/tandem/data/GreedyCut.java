package dev.tandem.data;

import java.util.ArrayList;
import java.util.List;

/** Cuts a list of examples into parts: each part extends until the next example would exceed a limit. */
public final class GreedyCut {
    private GreedyCut() {}

    /**
     * Cuts in the list's order.
     *
     * @param mostExamples maximum number of examples in a part, at least 1
     * @param mostTokens maximum number of tokens of all sequences in a part; a longer single example is a part of its
     *     own
     * @return views of the list; none is empty
     */
    public static List<List<Example>> of(List<Example> examples, int mostExamples, int mostTokens) {
        var parts = new ArrayList<List<Example>>();
        var from = 0;
        var tokens = 0L;
        for (var i = 0; i < examples.size(); i++) {
            var more = examples.get(i).tokens();
            if (i > from && (i - from >= mostExamples || tokens + more > mostTokens)) {
                parts.add(examples.subList(from, i));
                from = i;
                tokens = 0;
            }
            tokens += more;
        }
        if (from < examples.size()) {
            parts.add(examples.subList(from, examples.size()));
        }
        return parts;
    }
}
