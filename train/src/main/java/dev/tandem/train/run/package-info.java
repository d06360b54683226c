/** One run of a recipe, from files to files. */
@NullMarked
package dev.tandem.train.run;

import org.jspecify.annotations.NullMarked;
