/** The policy that is trained: replicas of a model, each on a thread, and the scoring of sequences. */
@NullMarked
package dev.tandem.train.policy;

import org.jspecify.annotations.NullMarked;
