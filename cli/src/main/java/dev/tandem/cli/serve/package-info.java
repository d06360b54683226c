/** {@code tandem serve}: the HTTP server and its routes. */
@NullMarked
package dev.tandem.cli.serve;

import org.jspecify.annotations.NullMarked;
