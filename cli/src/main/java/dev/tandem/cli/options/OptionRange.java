package dev.tandem.cli.options;

import dev.tandem.UserException;

/** Checks numeric options of the command line. */
public final class OptionRange {
    private OptionRange() {}

    /** The value. @throws UserException if it is outside of the range, both ends included */
    public static int checked(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new UserException(option + " is " + value + ", but must be between " + least + " and " + most + ".");
        }
        return value;
    }
}
