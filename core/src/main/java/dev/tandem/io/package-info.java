/** What is read from files, and by what content they are known. */
@NullMarked
package dev.tandem.io;

import org.jspecify.annotations.NullMarked;
