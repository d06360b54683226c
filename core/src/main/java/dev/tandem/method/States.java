package dev.tandem.method;

import dev.tandem.UserException;

/** Reads saved states. */
final class States {
    private States() {}

    /** @throws UserException if the state has no such value: another method wrote it */
    static double value(MethodState state, String name) {
        var value = state.values().get(name);
        if (value == null) {
            throw new UserException("the checkpoint's method state has no " + name
                    + ": it was written by another method or for fewer objectives; resume with the recipe it was made"
                    + " with, or start a new run");
        }
        return value;
    }
}
