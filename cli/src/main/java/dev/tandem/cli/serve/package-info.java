/** The HTTP side of {@code tandem serve}: OpenAI's endpoints over an engine. */
@NullMarked
package dev.tandem.cli.serve;

import org.jspecify.annotations.NullMarked;
