/** Options that several commands share. */
@NullMarked
package dev.tandem.cli.options;

import org.jspecify.annotations.NullMarked;
