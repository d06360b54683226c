package dev.tandem.cli.options;

import dev.tandem.UserException;
import dev.tandem.hub.HubAddress;
import dev.tandem.model.lora.BaseModel;
import dev.tandem.recipe.Recipe;
import dev.tandem.text.SafeText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model and the adapter over it. An adapter's folder in place of a model opens with the base that its {@code
 * adapter_config.json} names.
 *
 * @param model Hugging Face model directory
 * @param adapter PEFT adapter directory
 */
public record AdaptedModel(Path model, Optional<Path> adapter) {

    /**
     * Resolves what a user named.
     *
     * @param model a model, or an adapter if none is named besides
     * @throws UserException if the adapter's base is not there; the message names it
     */
    public static AdaptedModel of(Path model, Optional<Path> adapter, HubPaths paths) {
        var folder = paths.local(model);
        if (adapter.isPresent()) {
            return new AdaptedModel(folder, adapter.map(paths::local));
        }
        return BaseModel.ofAdapter(folder)
                .map(base -> new AdaptedModel(located(folder, base, paths), Optional.of(folder)))
                .orElseGet(() -> new AdaptedModel(folder, Optional.empty()));
    }

    /**
     * A recipe with local paths. If its model is an adapter, training continues that adapter over its base.
     *
     * @throws UserException if the recipe trains all parameters, or begins with another adapter
     */
    public static Recipe resolved(Recipe recipe, HubPaths paths) {
        var local = recipe.mapPaths(paths::local);
        var model = of(local.model(), Optional.empty(), paths);
        if (model.adapter().isEmpty()) {
            return local;
        }
        var adapter = model.adapter().get();
        var lora = local.lora()
                .filter(l -> l.initFrom().isEmpty())
                .orElseThrow(() -> new UserException("model: " + recipe.model() + " is an adapter over " + model.model()
                        + ", so training continues it: a lora section without init-from was expected. To train all"
                        + " parameters or another adapter, name the base as model, or merge the adapter with tandem"
                        + " export."));
        return local.withModel(model.model()).withLora(Optional.of(lora.startingFrom(adapter)));
    }

    /** A folder, seen from here or from the adapter; else a model on the hub. */
    private static Path located(Path adapter, BaseModel base, HubPaths paths) {
        var name = SafeText.line(base.name(), 200);
        for (var path : List.of(Path.of(base.name()), adapter.resolve(base.name()))) {
            if (Files.isDirectory(path)) {
                paths.say("Using adapter " + adapter + " over its base " + path);
                return path;
            }
        }
        if (!base.name().matches("[A-Za-z0-9][\\w.-]*/[\\w.-]+")) {
            throw new UserException(adapter + " is an adapter over '" + name
                    + "' (base_model_name_or_path of adapter_config.json), which is no folder here. Name the base by"
                    + " --model and the adapter by --adapter.");
        }
        var address = "hf://" + base.name() + base.revision().map(r -> "@" + r).orElse("");
        paths.say("Using adapter " + adapter + " over its base " + address);
        return paths.fetch(HubAddress.parse(address)).path();
    }
}
