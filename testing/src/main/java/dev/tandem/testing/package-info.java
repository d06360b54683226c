/** What the tests of several modules share. */
@NullMarked
package dev.tandem.testing;

import org.jspecify.annotations.NullMarked;
