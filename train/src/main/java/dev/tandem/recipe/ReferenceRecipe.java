package dev.tandem.recipe;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The reference policy of preference objectives.
 *
 * @param model model directory; absent: the policy's own base model (one copy of it in memory)
 * @param adapter PEFT adapter directory over that model; absent: no adapter
 */
public record ReferenceRecipe(Optional<Path> model, Optional<Path> adapter) {}
