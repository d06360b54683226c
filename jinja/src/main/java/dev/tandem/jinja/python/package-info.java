/** What Python's operators and the methods of its strings, lists and dictionaries do. */
@NullMarked
package dev.tandem.jinja.python;

import org.jspecify.annotations.NullMarked;
