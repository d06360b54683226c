/** {@code tandem bench}. */
@NullMarked
package dev.tandem.cli.bench;

import org.jspecify.annotations.NullMarked;
