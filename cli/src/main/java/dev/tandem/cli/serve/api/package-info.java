/** OpenAI's endpoints over an engine. */
@NullMarked
package dev.tandem.cli.serve.api;

import org.jspecify.annotations.NullMarked;
