package dev.tandem.data.template;

/**
 * The value of a name, attribute or item that does not exist: it prints as nothing, is empty and false, and any other
 * use is a fault that says what was missing.
 */
record Undefined(String message) {
    static Undefined name(String name) {
        return new Undefined(Repr.of(name) + " is undefined");
    }

    static Undefined member(Object owner, Object key) {
        String type = owner == None.NONE ? "None" : Types.name(owner) + " object";
        return new Undefined(
                key instanceof String name
                        ? Repr.of(type) + " has no attribute " + Repr.of(name)
                        : type + " has no element " + Text.repr(key));
    }

    static Undefined unsafe(Object owner, String attribute) {
        return new Undefined("access to attribute " + Repr.of(attribute) + " of " + Repr.of(Types.name(owner))
                + " object is unsafe: templates cannot change their variables or reach Python's internals");
    }

    TemplateFault fault() {
        return new TemplateFault(message);
    }

    @Override
    public String toString() {
        return "Undefined";
    }
}
