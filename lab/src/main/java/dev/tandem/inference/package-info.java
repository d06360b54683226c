/** Answers from trained models: prompts, chats, files of prompts. */
@NullMarked
package dev.tandem.inference;

import org.jspecify.annotations.NullMarked;
