/** LoRA adapters, and the files that PEFT reads and writes. */
@NullMarked
package dev.tandem.model.lora;

import org.jspecify.annotations.NullMarked;
