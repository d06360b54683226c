package dev.tandem.data.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names that a part of a template reads and sets, in the order it is written. It decides, as the original's
 * compiler does, which names start out undefined: those set before they are read and unknown to the enclosing parts. A
 * variable of that name then stays hidden, even from inner parts that come before the assignment.
 */
final class ScopeNames {
    /** The origin of a name's first value. */
    private enum Origin {
        NOTHING,
        ELSEWHERE
    }

    private sealed interface Event {}

    private record Read(String name) implements Event {}

    private record Write(String name) implements Event {}

    private record Branches(List<List<Event>> branches) implements Event {}

    private final List<Event> events = new ArrayList<>();
    private final List<ScopeNames> inner = new ArrayList<>();
    private final Set<String> parameters = new HashSet<>();
    private final Set<String> undefined = new HashSet<>();
    private List<Event> current = events;

    ScopeNames inner() {
        var scope = new ScopeNames();
        inner.add(scope);
        return scope;
    }

    void read(String name) {
        current.add(new Read(name));
    }

    void write(String name) {
        current.add(new Write(name));
    }

    void parameter(String name) {
        parameters.add(name);
    }

    boolean hasParameter(String name) {
        return parameters.contains(name);
    }

    /** Runs the parsing of a branch of an if statement; its names are kept apart until {@link #join}. */
    Branch branch(Runnable parsing) {
        List<Event> around = current;
        current = new ArrayList<>();
        parsing.run();
        var branch = new Branch(current);
        current = around;
        return branch;
    }

    /** The names of one branch. */
    record Branch(List<Event> events) {}

    void join(Branch then, Branch elifs, Branch otherwise) {
        current.add(new Branches(List.of(then.events, elifs.events, otherwise.events)));
    }

    /** Whether this part or one inside it reads a name. */
    boolean mentions(String name) {
        return mentions(events, name) || inner.stream().anyMatch(scope -> scope.mentions(name));
    }

    private static boolean mentions(List<Event> events, String name) {
        return events.stream()
                .anyMatch(event -> event instanceof Branches choice
                        ? choice.branches.stream().anyMatch(branch -> mentions(branch, name))
                        : event instanceof Read read && read.name.equals(name));
    }

    /** The names undefined at the start; filled by {@link #resolve} of the outermost part. */
    Set<String> undefined() {
        return undefined;
    }

    /** Decides for this part and those inside it; {@code around} contains the names that the enclosing parts know. */
    void resolve(Set<String> around) {
        var symbols = new Symbols(around, new HashMap<>(), new HashSet<>());
        parameters.forEach(name -> symbols.origins.put(name, Origin.ELSEWHERE));
        symbols.visit(events);
        symbols.origins.forEach((name, origin) -> {
            if (origin == Origin.NOTHING) {
                undefined.add(name);
            }
        });
        var known = new HashSet<>(around);
        known.addAll(symbols.origins.keySet());
        inner.forEach(scope -> scope.resolve(known));
    }

    private record Symbols(Set<String> around, Map<String, Origin> origins, Set<String> written) {
        void visit(List<Event> events) {
            for (Event event : events) {
                if (event instanceof Read read) {
                    if (!around.contains(read.name)) {
                        origins.putIfAbsent(read.name, Origin.ELSEWHERE);
                    }
                } else if (event instanceof Write write) {
                    written.add(write.name);
                    origins.putIfAbsent(write.name, around.contains(write.name) ? Origin.ELSEWHERE : Origin.NOTHING);
                } else if (event instanceof Branches choice) {
                    choose(choice.branches);
                }
            }
        }

        private void choose(List<List<Event>> branches) {
            var after = new ArrayList<Symbols>();
            for (List<Event> branch : branches) {
                var copy = new Symbols(around, new HashMap<>(origins), new HashSet<>(written));
                copy.visit(branch);
                after.add(copy);
            }
            var writers = new HashMap<String, Integer>();
            for (Symbols branch : after) {
                branch.written.stream()
                        .filter(name -> !written.contains(name))
                        .forEach(name -> writers.merge(name, 1, Integer::sum));
            }
            for (Symbols branch : after) {
                origins.putAll(branch.origins);
                written.addAll(branch.written);
            }
            writers.forEach((name, count) -> {
                if (count < branches.size()) {
                    origins.put(name, Origin.ELSEWHERE);
                }
            });
        }
    }
}
