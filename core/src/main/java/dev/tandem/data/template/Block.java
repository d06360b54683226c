package dev.tandem.data.template;

import java.util.List;
import java.util.Set;

/**
 * A body with names of its own.
 *
 * @param undefined names that are undefined at its start, even if the template was given variables of these names
 */
record Block(List<Stmt> body, Set<String> undefined) {
    static final Block EMPTY = new Block(List.of(), Set.of());

    Frame enter(Frame around) {
        return around.inner(undefined);
    }
}
