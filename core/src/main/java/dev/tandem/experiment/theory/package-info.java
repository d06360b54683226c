/** The paper's convex setting: every method on a problem whose optimal trade-offs are known. */
@NullMarked
package dev.tandem.experiment.theory;

import org.jspecify.annotations.NullMarked;
