/** Files and folders: whole or not at all, within limits, hashed, locked. */
@NullMarked
package dev.tandem.io;

import org.jspecify.annotations.NullMarked;
