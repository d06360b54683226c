/** From a template's text to its statements and expressions: the lexer and the parsers. */
@NullMarked
package dev.tandem.jinja.syntax;

import org.jspecify.annotations.NullMarked;
