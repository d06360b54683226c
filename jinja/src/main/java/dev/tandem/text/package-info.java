/** Text for messages: safe to print, with suggestions for misspelt names. Depends on nothing. */
@NullMarked
package dev.tandem.text;

import org.jspecify.annotations.NullMarked;
