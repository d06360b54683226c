/** Recipes: what a run is, as records read from YAML and validated before anything is loaded. */
@NullMarked
package dev.tandem.recipe;

import org.jspecify.annotations.NullMarked;
