package dev.tandem.model.lora;

import dev.tandem.io.InputFiles;
import dev.tandem.model.config.ConfigJson;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The model that an adapter is for, as its {@code adapter_config.json} names it.
 *
 * @param name a path, or {@code owner/name} of a model on a hub
 * @param revision the commit, if it is a model on a hub
 */
public record BaseModel(String name, Optional<String> revision) {
    /** Where a hub's cache keeps a model; the path is good on one machine only. */
    private static final Pattern SNAPSHOT =
            Pattern.compile("(?:.*[/\\\\])?models--(.+)[/\\\\]snapshots[/\\\\]([0-9a-f]{40})[/\\\\]?");

    /**
     * What to write for a folder.
     *
     * @param folder path of the model's folder; a folder of a hub's cache is named as on the hub
     */
    public static BaseModel of(String folder) {
        var snapshot = SNAPSHOT.matcher(folder);
        return snapshot.matches()
                ? new BaseModel(snapshot.group(1).replaceFirst("--", "/"), Optional.of(snapshot.group(2)))
                : new BaseModel(folder, Optional.empty());
    }

    /**
     * The base of an adapter.
     *
     * @param folder a model's or an adapter's folder
     * @return the base; absent if the folder is no adapter, or has a model of its own
     * @throws dev.tandem.UserException if the adapter names no base
     */
    public static Optional<BaseModel> ofAdapter(Path folder) {
        var file = folder.resolve(PeftAdapterReader.CONFIG);
        if (!InputFiles.isPresent(file) || InputFiles.isPresent(folder.resolve(ConfigJson.FILE_NAME))) {
            return Optional.empty();
        }
        var json = ConfigJson.read(file);
        var name = json.text("base_model_name_or_path")
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> json.missing("base_model_name_or_path"));
        return Optional.of(new BaseModel(name, json.text("revision")));
    }
}
