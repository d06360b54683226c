/** {@code tandem plan}. */
@NullMarked
package dev.tandem.cli.plan;

import org.jspecify.annotations.NullMarked;
