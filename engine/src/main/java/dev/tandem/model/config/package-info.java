/** The structure of a model as data: the tree of specs that a family's config.json is read into. */
@NullMarked
package dev.tandem.model.config;

import org.jspecify.annotations.NullMarked;
