/** What a parsed template consists of and how it is rendered: statements, expressions, scopes, macros. */
@NullMarked
package dev.tandem.jinja.runtime;

import org.jspecify.annotations.NullMarked;
