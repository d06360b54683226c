package dev.tandem.yaml;

import dev.tandem.UserException;
import dev.tandem.hub.HubAddress;
import dev.tandem.text.KebabCase;
import dev.tandem.text.Suggestion;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Typed access to a mapping of a recipe. Every key that is asked for becomes known; {@link #close} refuses all others.
 * Messages name the file, the line and the key's path.
 */
public final class Section {
    private final String source;
    private final String path;
    private final YamlNode.Mapping mapping;
    private final Optional<Section> defaults;
    private final Set<String> known = new LinkedHashSet<>();

    /** Former names of keys, by their current names. */
    private final Map<String, String> formerNames = new HashMap<>();

    /**
     * A section.
     *
     * @param source what the file is called in messages
     * @param path path of keys to this section, joined by dots; empty for the whole recipe
     */
    public Section(String source, String path, YamlNode.Mapping mapping) {
        this(source, path, mapping, Optional.empty());
    }

    private Section(String source, String path, YamlNode.Mapping mapping, Optional<Section> defaults) {
        this.source = source;
        this.path = path;
        this.mapping = mapping;
        this.defaults = defaults;
    }

    /** The whole document as a section. */
    public static Section root(String source, YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            return new Section(source, "", mapping);
        }
        throw new UserException(source + ":" + node.line()
                + ": a recipe is a mapping of keys (model, method, …), but this" + " is " + node.kind() + ".");
    }

    /**
     * A part of this section by itself. Its keys become known here.
     *
     * @param keys keys of the part that are present here
     */
    public Section only(Collection<String> keys) {
        var part = new LinkedHashMap<>(mapping.entries());
        part.keySet().retainAll(keys);
        known.addAll(keys);
        return new Section(source, path, new YamlNode.Mapping(part, mapping.line()));
    }

    /**
     * This section with default values for keys that it lacks. Defaults that nothing asks for are not refused.
     *
     * @param values the mapping that they come from
     */
    public Section withDefaults(Section values) {
        return new Section(source, path, mapping, Optional.of(values));
    }

    /**
     * Accepts the name that a key had in earlier versions. A key that is set by {@code --set} takes precedence over the
     * file, regardless of which name either of them uses.
     *
     * @param former earlier name
     * @param key current name, by which the value is asked for
     * @return this section
     */
    public Section renamed(String former, String key) {
        formerNames.put(key, former);
        defaults.ifPresent(values -> values.renamed(former, key));
        return this;
    }

    /** Keys in the file's order. */
    public List<String> keys() {
        return List.copyOf(mapping.entries().keySet());
    }

    /** Whether a key has a value. */
    public boolean has(String key) {
        return node(key).isPresent();
    }

    private Optional<YamlNode> node(String key) {
        known.add(key);
        return own(key).or(() -> defaults.flatMap(values -> values.node(key)));
    }

    private Optional<YamlNode> own(String key) {
        return Optional.ofNullable(mapping.entries().get(spelling(key))).filter(n -> !isNothing(n));
    }

    private static boolean isNothing(YamlNode node) {
        return node instanceof YamlNode.Scalar scalar && scalar.isNothing();
    }

    /** A key as it is spelt here: by its current or its former name. */
    private String spelling(String key) {
        var former = Optional.ofNullable(formerNames.get(key)).filter(mapping.entries()::containsKey);
        if (former.isEmpty() || !mapping.entries().containsKey(key)) {
            return former.orElse(key);
        }
        var byNow = Objects.requireNonNull(mapping.entries().get(key));
        var byFormer = Objects.requireNonNull(mapping.entries().get(former.get()));
        if ((byFormer.line() == 0) != (byNow.line() == 0)) {
            return byNow.line() == 0 ? key : former.get();
        }
        if (isNothing(byNow) || isNothing(byFormer)) {
            return isNothing(byNow) ? former.get() : key;
        }
        throw new UserException(place(byFormer.line()) + qualified(former.get()) + ": this is the former name of " + key
                + ", which is given too: keep one of them.");
    }

    /** A value that must be there, read by {@code reader}. */
    public <T> T required(String key, Function<YamlNode, T> reader) {
        return node(key)
                .map(reader)
                .orElseThrow(() -> new UserException(place(mapping.line()) + name(key) + " is missing."));
    }

    /** A value that may be absent. */
    public <T> Optional<T> optional(String key, Function<YamlNode, T> reader) {
        return node(key).map(reader);
    }

    /** A subsection that must be there. */
    public Section section(String key) {
        return required(key, n -> mapping(key, n));
    }

    /** A subsection; an empty one when absent. */
    public Section sectionOrEmpty(String key) {
        return optional(key, n -> mapping(key, n))
                .orElseGet(() -> new Section(source, name(key), new YamlNode.Mapping(Map.of(), mapping.line())));
    }

    /** A value as a mapping. */
    public Section mapping(String key, YamlNode node) {
        if (node instanceof YamlNode.Mapping m) {
            return new Section(source, name(key), m);
        }
        throw wrong(key, node, "a mapping of keys is expected");
    }

    /** A value as text. */
    public String text(String key, YamlNode node) {
        if (node instanceof YamlNode.Scalar scalar && !scalar.isNothing()) {
            return scalar.text();
        }
        throw wrong(key, node, "text is expected");
    }

    /** A value as a path. */
    public Path path(String key, YamlNode node) {
        var text = text(key, node);
        if (HubAddress.matches(text)) {
            throw problem(key, node, "a folder of this machine is expected, not an address on a hub");
        }
        return path(key, node, text);
    }

    /** A value as a path that is read: of this machine, or an address on a hub. */
    public Path source(String key, YamlNode node) {
        var text = text(key, node);
        if (HubAddress.matches(text)) {
            try {
                HubAddress.parse(text);
            } catch (UserException e) {
                throw problem(key, node, String.valueOf(e.getMessage()).replaceFirst("\\.$", ""));
            }
        }
        return path(key, node, text);
    }

    private Path path(String key, YamlNode node, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw wrong(key, node, "a path is expected");
        }
    }

    /** A value as a whole number within a range. */
    public int integer(String key, YamlNode node, int least, int most) {
        return (int) longInteger(key, node, least, most);
    }

    /** The value of a key as a whole number within a range; {@code usual} if the key is absent. */
    public int integer(String key, int least, int most, int usual) {
        return optional(key, n -> integer(key, n, least, most)).orElse(usual);
    }

    /** A value as a whole number within a range. */
    public long longInteger(String key, YamlNode node, long least, long most) {
        var expected = most >= Integer.MAX_VALUE
                ? "a whole number ≥ " + least + " is expected"
                : "a whole number from " + least + " to " + most + " is expected";
        if (node instanceof YamlNode.Scalar scalar
                && !scalar.quoted()
                && scalar.text().matches("[-+]?[0-9]{1,18}")) {
            var value = Long.parseLong(scalar.text());
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw wrong(key, node, expected);
    }

    /** A value as a finite number for which {@code range} holds. */
    public double number(String key, YamlNode node, Range range) {
        if (node instanceof YamlNode.Scalar scalar && !scalar.quoted()) {
            var value = parse(scalar.text());
            if (Double.isFinite(value) && range.holds(value)) {
                return value;
            }
        }
        throw wrong(key, node, "a number " + range.words() + " is expected");
    }

    /** The value of a key as a finite number for which {@code range} holds; {@code usual} if the key is absent. */
    public double number(String key, Range range, double usual) {
        return optional(key, n -> number(key, n, range)).orElse(usual);
    }

    private static double parse(String text) {
        return text.matches("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?")
                ? Double.parseDouble(text)
                : Double.NaN;
    }

    /** A value as true or false. */
    public boolean flag(String key, YamlNode node) {
        if (node instanceof YamlNode.Scalar scalar && !scalar.quoted()) {
            if (scalar.text().equals("true")) {
                return true;
            }
            if (scalar.text().equals("false")) {
                return false;
            }
        }
        throw wrong(key, node, "true or false is expected");
    }

    /** A value as one of an enum's constants, spelt in kebab-case. */
    public <E extends Enum<E>> E choice(String key, YamlNode node, Class<E> type) {
        return choice(key, node, type, Map.of());
    }

    /**
     * A value as one of an enum's constants, spelt in kebab-case.
     *
     * @param former names that constants had in earlier versions
     */
    public <E extends Enum<E>> E choice(String key, YamlNode node, Class<E> type, Map<String, E> former) {
        var renamed = former.get(text(key, node));
        if (renamed != null) {
            return renamed;
        }
        var constants = new LinkedHashMap<String, E>();
        Arrays.stream(type.getEnumConstants()).forEach(constant -> constants.put(KebabCase.of(constant), constant));
        return oneOf(key, node, constants);
    }

    /** A value as the name of one of several things. */
    public <T> T oneOf(String key, YamlNode node, Map<String, T> byName) {
        return oneOf(key, node, byName, "");
    }

    /** A value as the name of one of several things to which programs add their own. */
    public <T> T registered(String key, YamlNode node, Map<String, T> byName) {
        return oneOf(
                key, node, byName, ". If a Java program registers it, read the recipe with that program's registry");
    }

    private <T> T oneOf(String key, YamlNode node, Map<String, T> byName, String advice) {
        var given = text(key, node);
        return Optional.ofNullable(byName.get(given))
                .orElseThrow(() -> problem(
                        key,
                        node,
                        Suggestion.quoted(given) + " is not known" + Suggestion.suggestion(given, byName.keySet())
                                + advice));
    }

    /** A value as a list, a single value being a list of one. */
    public <T> List<T> list(String key, YamlNode node, Function<YamlNode, T> reader) {
        if (!(node instanceof YamlNode.Sequence sequence)) {
            return List.of(reader.apply(node));
        }
        var result = new ArrayList<T>();
        sequence.items().forEach(item -> result.add(reader.apply(item)));
        if (result.isEmpty()) {
            throw wrong(key, node, "the list must not be empty");
        }
        return result;
    }

    /** A value as a mapping of names to values. */
    public <T> Map<String, T> map(String key, YamlNode node, Function<YamlNode, T> reader) {
        if (!(node instanceof YamlNode.Mapping m)) {
            throw wrong(key, node, "a mapping is expected");
        }
        var result = new LinkedHashMap<String, T>();
        m.entries().forEach((name, value) -> result.put(name, reader.apply(value)));
        return result;
    }

    /**
     * A value that is checked where it is made.
     *
     * @throws UserException the exception thrown there, reported as a problem of the key
     */
    public <T> T checked(String key, Supplier<T> value) {
        try {
            return value.get();
        } catch (UserException e) {
            throw problem(key, String.valueOf(e.getMessage()).replaceFirst("\\.$", ""));
        }
    }

    /** Refuses keys that were not asked for. */
    public void close() {
        var accepted = new HashSet<>(known);
        known.forEach(key -> Optional.ofNullable(formerNames.get(key)).ifPresent(accepted::add));
        for (var key : keys()) {
            if (!accepted.contains(key)) {
                var line = Optional.ofNullable(mapping.entries().get(key))
                        .map(YamlNode::line)
                        .orElse(0);
                throw new UserException(place(line) + (path.isEmpty() ? "" : path + ".")
                        + Suggestion.quoted(key).replace("'", "") + ": unknown key"
                        + Suggestion.suggestion(key, known));
            }
        }
    }

    /** A value of the wrong kind or out of its range. */
    public UserException wrong(String key, YamlNode node, String expected) {
        return problem(key, node, expected + ", but this is " + node.kind());
    }

    /** A problem with a key's value. */
    public UserException problem(String key, YamlNode node, String what) {
        return new UserException(place(node.line()) + name(key) + ": " + what + ".");
    }

    /** A problem with a key, or with the section when the key is absent. */
    public UserException problem(String key, String what) {
        var line = node(key).map(YamlNode::line).orElse(mapping.line());
        return new UserException(place(line) + name(key) + ": " + what + ".");
    }

    private String place(int line) {
        return line > 0 ? source + ":" + line + ": " : source + ": ";
    }

    private String name(String key) {
        if (own(key).isEmpty()
                && defaults.filter(values -> values.own(key).isPresent()).isPresent()) {
            return defaults.get().name(key);
        }
        return qualified(spelling(key));
    }

    private String qualified(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
