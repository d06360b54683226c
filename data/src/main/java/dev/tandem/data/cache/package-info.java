/** Tokens on disk: written once, mapped by every later run with the same encoding. */
@NullMarked
package dev.tandem.data.cache;

import org.jspecify.annotations.NullMarked;
