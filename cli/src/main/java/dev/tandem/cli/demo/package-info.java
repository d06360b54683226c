/** {@code tandem demo}. */
@NullMarked
package dev.tandem.cli.demo;

import org.jspecify.annotations.NullMarked;
