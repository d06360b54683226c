/** Text for messages: safe to print. Depends on nothing. */
@NullMarked
package dev.tandem.text;

import org.jspecify.annotations.NullMarked;
