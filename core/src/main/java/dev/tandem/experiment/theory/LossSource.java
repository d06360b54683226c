package dev.tandem.experiment.theory;

/** Which losses a method is told when it asks, and after its steps. */
enum LossSource {
    /** f_i(θ) itself: the losses that F_max is made of. */
    ALL_DATA,
    /** That of the batch the objective trains on next: what training a language model can afford. */
    NEXT_BATCH,
    /** That of a batch drawn for the purpose, which is never trained on. */
    OTHER_BATCH
}
