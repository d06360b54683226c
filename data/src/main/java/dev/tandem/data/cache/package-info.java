/** Tokens on disk: written once, mapped by every later run that encodes alike. */
@NullMarked
package dev.tandem.data.cache;

import org.jspecify.annotations.NullMarked;
