/** {@code tandem compare}. */
@NullMarked
package dev.tandem.cli.compare;

import org.jspecify.annotations.NullMarked;
