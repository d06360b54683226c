/**
 * The demo's small world: a closed set of people, towns, animals and words, generated from a seed. It gives a corpus to
 * pre-train on, instructions with terse answers, and preferences that pull towards long and polite ones.
 */
@NullMarked
package dev.tandem.experiment.world;

import org.jspecify.annotations.NullMarked;
