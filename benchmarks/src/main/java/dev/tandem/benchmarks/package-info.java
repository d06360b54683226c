/** JMH benchmarks of the hot pieces. Those of package-private parts of the model are in the model's package. */
@NullMarked
package dev.tandem.benchmarks;

import org.jspecify.annotations.NullMarked;
