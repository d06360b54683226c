/** Methods whose every step is on all objectives, weighted. */
@NullMarked
package dev.tandem.method.joint;

import org.jspecify.annotations.NullMarked;
