/** The machine: processors, GPUs and their libraries, memory, and how libtorch is set up on it. */
@NullMarked
package dev.tandem.tensor.machine;

import org.jspecify.annotations.NullMarked;
