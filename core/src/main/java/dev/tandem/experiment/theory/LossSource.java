package dev.tandem.experiment.theory;

/** Which losses a method is told when it asks, and after its steps. */
enum LossSource {
    /** f_i(θ) itself: the losses that F_max is made of. */
    ALL_DATA,
    /** Those of batches: what training a language model can afford. */
    BATCHES
}
