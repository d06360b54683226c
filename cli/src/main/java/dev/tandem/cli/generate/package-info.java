/** {@code tandem generate}. */
@NullMarked
package dev.tandem.cli.generate;

import org.jspecify.annotations.NullMarked;
