/** What the models of a comparison are put through once they are trained. */
@NullMarked
package dev.tandem.experiment.benchmark;

import org.jspecify.annotations.NullMarked;
