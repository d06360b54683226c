/** Models and data by name: what {@code hf://} addresses mean, and how their files reach the Hugging Face cache. */
@NullMarked
package dev.tandem.hub;

import org.jspecify.annotations.NullMarked;
