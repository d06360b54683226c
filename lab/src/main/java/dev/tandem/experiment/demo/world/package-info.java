/** The world of the demo: facts, tasks and preferences, generated from a seed. */
@NullMarked
package dev.tandem.experiment.demo.world;

import org.jspecify.annotations.NullMarked;
