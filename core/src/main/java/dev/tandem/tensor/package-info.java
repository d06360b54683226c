/** The thin layer on libtorch: native set-up, scopes, dtypes, devices, safetensors files. */
@NullMarked
package dev.tandem.tensor;

import org.jspecify.annotations.NullMarked;
