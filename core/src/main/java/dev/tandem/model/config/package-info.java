/** What a model is made of: a tree of specs, from the model down to its parameters. Data alone; nothing here computes. */
@NullMarked
package dev.tandem.model.config;

import org.jspecify.annotations.NullMarked;
