package dev.tandem.data.template;

/** The state of the parser at a point of a template: the remaining tokens, and the enclosing parts of the template. */
final class ParseState {
    private static final int MAX_DEPTH = 100;

    private final TokenStream tokens;
    private ScopeNames names = new ScopeNames();
    private boolean conditional;
    private boolean inLoop;
    private int depth;

    ParseState(TokenStream tokens) {
        this.tokens = tokens;
    }

    TokenStream tokens() {
        return tokens;
    }

    ScopeNames names() {
        return names;
    }

    boolean inLoop() {
        return inLoop;
    }

    /** Whether the parsed part may never run, so that an unknown filter or test in it is a fault only when it does. */
    boolean conditional() {
        return conditional;
    }

    /** Parses a part with names of its own. */
    void scoped(ScopeNames inner, boolean loop, Runnable parsing) {
        ScopeNames outerNames = names;
        boolean outerLoop = inLoop;
        names = inner;
        inLoop = loop;
        conditionally(false, parsing);
        names = outerNames;
        inLoop = outerLoop;
    }

    void conditionally(boolean may, Runnable parsing) {
        boolean outer = conditional;
        conditional = may;
        parsing.run();
        conditional = outer;
    }

    /** Enters one more level of the syntax; a template that nests too deeply is refused. */
    void enter() {
        if (++depth > MAX_DEPTH) {
            throw new TemplateFault("the template nests more than " + MAX_DEPTH + " levels deep", tokens.line());
        }
    }

    void leave() {
        depth--;
    }
}
