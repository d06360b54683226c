/** {@code tandem download}. */
@NullMarked
package dev.tandem.cli.download;

import org.jspecify.annotations.NullMarked;
