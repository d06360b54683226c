/** The convex problems: objectives, policies and solvers. */
@NullMarked
package dev.tandem.experiment.theory.problem;

import org.jspecify.annotations.NullMarked;
