/** Models and data by name: what {@code hf://} addresses mean, and how their files come into the Hugging Face cache. */
@NullMarked
package dev.tandem.hub;

import org.jspecify.annotations.NullMarked;
