package dev.tandem.experiment.theory;

/** Which losses a method receives when it asks, and after its steps. */
enum LossSource {
    /** f_i(θ) itself: the losses in the definition of F_max. */
    ALL_DATA,
    /** Losses of batches, which is what training a language model can afford. */
    BATCHES
}
