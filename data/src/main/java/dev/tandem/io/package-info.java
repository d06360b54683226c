/** Files and folders: written atomically, read within limits, hashed, locked. */
@NullMarked
package dev.tandem.io;

import org.jspecify.annotations.NullMarked;
