/** Conversations through chat templates: messages, turns, and which tokens are trained. */
@NullMarked
package dev.tandem.data.conversation;

import org.jspecify.annotations.NullMarked;
