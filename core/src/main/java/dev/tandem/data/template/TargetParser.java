package dev.tandem.data.template;

import dev.tandem.data.template.Token.Kind;
import java.util.ArrayList;
import java.util.Set;

/** Parses the targets of loops and assignments. */
final class TargetParser {
    private static final Set<String> LITERALS = Set.of("true", "false", "none", "True", "False", "None");

    private final ParseState state;
    private final TokenStream tokens;

    TargetParser(ParseState state) {
        this.state = state;
        this.tokens = state.tokens();
    }

    /** The target of a set tag; {@link #record} records its names once its value is read. */
    Target assigned() {
        if (tokens.peek().kind() == Kind.NAME && tokens.peekNext().isOperator(".")) {
            String namespace = tokens.next().text();
            tokens.next();
            return new Target.Member(
                    namespace,
                    tokens.expect(Kind.NAME, "the name of an attribute").text());
        }
        return list("=");
    }

    /** The targets of a loop or with tag, which are names of the part inside. */
    Target parameters(String end) {
        Target target = list(end);
        parameters(target);
        return target;
    }

    /** The targets of a loop, whose own variable they cannot hide. */
    Target loop() {
        int line = tokens.line();
        Target target = parameters("in");
        if (state.names().hasParameter("loop")) {
            throw new TemplateFault("cannot assign to the special variable 'loop' in the target of a loop", line);
        }
        return target;
    }

    private void parameters(Target target) {
        if (target instanceof Target.Variable variable) {
            state.names().parameter(variable.name());
        } else if (target instanceof Target.Unpacked unpacked) {
            unpacked.targets().forEach(this::parameters);
        }
    }

    void record(Target target) {
        if (target instanceof Target.Variable variable) {
            state.names().write(variable.name());
        } else if (target instanceof Target.Member member) {
            state.names().read(member.namespace());
        } else if (target instanceof Target.Unpacked unpacked) {
            unpacked.targets().forEach(this::record);
        }
    }

    private Target list(String end) {
        var targets = new ArrayList<Target>();
        boolean comma = false;
        while (!ends(end)) {
            targets.add(one(end));
            if (!tokens.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        if (targets.isEmpty()) {
            throw tokens.unexpected("a name to assign to");
        }
        return comma ? new Target.Unpacked(targets) : targets.get(0);
    }

    private boolean ends(String end) {
        return tokens.isName(end)
                || tokens.isOperator(end)
                || tokens.isOperator(")")
                || tokens.peek().kind() == Kind.BLOCK_END;
    }

    private Target one(String end) {
        if (tokens.skipOperator("(")) {
            state.enter();
            Target inner = list(end);
            state.leave();
            tokens.expectOperator(")");
            return inner;
        }
        return new Target.Variable(name());
    }

    /** A name that can be assigned to. */
    String name() {
        Token token = tokens.expect(Kind.NAME, "a name to assign to");
        if (LITERALS.contains(token.text())) {
            throw new TemplateFault("cannot assign to " + token.text(), token.line());
        }
        return token.text();
    }
}
