/** The thin layer on libtorch: tensors, dtypes, devices, and scopes that own native memory. */
@NullMarked
package dev.tandem.tensor;

import org.jspecify.annotations.NullMarked;
