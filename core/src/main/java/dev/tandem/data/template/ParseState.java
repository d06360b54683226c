package dev.tandem.data.template;

/** What the parser of a template knows at a point: the tokens left, and the parts of the template around. */
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

    /** Whether what is parsed may never run, so that an unknown filter or test in it is a fault only when it does. */
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

    /** Goes one level deeper into the syntax; a template that nests without measure is refused. */
    void enter() {
        if (++depth > MAX_DEPTH) {
            throw new TemplateFault("the template nests more than " + MAX_DEPTH + " levels deep", tokens.line());
        }
    }

    void leave() {
        depth--;
    }
}
