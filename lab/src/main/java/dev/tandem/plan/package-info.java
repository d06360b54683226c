/** Plans of runs before they start: time, memory and traffic on a cluster that need not exist. */
@NullMarked
package dev.tandem.plan;

import org.jspecify.annotations.NullMarked;
