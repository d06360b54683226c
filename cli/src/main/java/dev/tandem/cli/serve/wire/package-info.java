/** Requests and replies on the wire: bodies, limits, deadlines, errors. */
@NullMarked
package dev.tandem.cli.serve.wire;

import org.jspecify.annotations.NullMarked;
