/** The reference policy: its log-probs, computed once and filed by content. */
@NullMarked
package dev.tandem.train.reference;

import org.jspecify.annotations.NullMarked;
