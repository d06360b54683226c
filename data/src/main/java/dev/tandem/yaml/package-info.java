/** YAML with lines and checked keys: what every section of a recipe is read from. */
@NullMarked
package dev.tandem.yaml;

import org.jspecify.annotations.NullMarked;
