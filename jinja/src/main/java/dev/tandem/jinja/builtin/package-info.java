/** The filters, tests and functions that every template can use. */
@NullMarked
package dev.tandem.jinja.builtin;

import org.jspecify.annotations.NullMarked;
