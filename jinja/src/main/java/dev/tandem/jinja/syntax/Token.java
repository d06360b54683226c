package dev.tandem.jinja.syntax;

import dev.tandem.jinja.value.Repr;

/**
 * A piece of a template.
 *
 * @param text the literal text, name, operator, or unescaped string
 * @param line the line it starts on, from 1
 */
record Token(Kind kind, String text, int line) {
    enum Kind {
        DATA,
        BLOCK_BEGIN,
        BLOCK_END,
        VARIABLE_BEGIN,
        VARIABLE_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        EOF
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    String describe() {
        return switch (kind) {
            case DATA -> "text";
            case BLOCK_BEGIN -> "begin of statement block";
            case BLOCK_END -> "end of statement block";
            case VARIABLE_BEGIN -> "begin of print statement";
            case VARIABLE_END -> "end of print statement";
            case EOF -> "end of template";
            case STRING -> "a string";
            case NAME, INTEGER, FLOAT, OPERATOR -> Repr.of(text);
        };
    }
}
