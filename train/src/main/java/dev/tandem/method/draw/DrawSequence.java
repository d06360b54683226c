package dev.tandem.method.draw;

import dev.tandem.method.MethodState;

/** Which objective ALRIGHT steps on, as a sequence of draws with given frequencies. */
sealed interface DrawSequence permits IndependentDraws, BalancedDraws {

    /** The draw of step {@code step}. Asked once per step, in order. */
    int next(int step);

    MethodState state();

    void restore(MethodState state);
}
