/** The demo: a small model, trained from scratch in minutes. */
@NullMarked
package dev.tandem.experiment.demo;

import org.jspecify.annotations.NullMarked;
