package dev.tandem.hub;

import dev.tandem.UserException;
import dev.tandem.io.InputJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Selects the files of a model to fetch: those that Tandem reads. Pickles (.bin, .pt) can run programs and are never
 * fetched.
 */
final class FileSelection {
    static final String INDEX = "model.safetensors.index.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final String ADAPTER = "adapter_model.safetensors";
    private static final String ADAPTER_CONFIG = "adapter_config.json";
    private static final Set<String> SMALL = Set.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "merges.txt",
            "vocab.json",
            "chat_template.jinja",
            "LICENSE",
            ADAPTER_CONFIG);
    private static final List<String> DATA =
            List.of(".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".jsonl.gz", ".json.gz", ".csv.gz");
    private static final int MAX_INDEX_BYTES = 100_000_000;

    private FileSelection() {}

    /** Whether the weights come in shards that an index names. */
    static boolean sharded(List<String> names) {
        return !names.contains(WEIGHTS) && names.contains(INDEX);
    }

    /**
     * Lists a model's or an adapter's files except for shards: configuration and tokenizer first, weights last.
     *
     * @throws UserException if there are no weights that may be read
     */
    static List<String> of(HubAddress address, List<String> names) {
        var wanted = new ArrayList<>(names.stream().filter(SMALL::contains).toList());
        if (!names.contains("config.json") && !names.contains(ADAPTER_CONFIG)) {
            throw new UserException(
                    address + " is not a model: it has no config.json and no adapter_config.json. For data,"
                            + " write hf://datasets/owner/name.");
        }
        if (names.contains(ADAPTER)) {
            wanted.add(ADAPTER);
        }
        if (sharded(names)) {
            wanted.add(INDEX);
        } else if (names.contains(WEIGHTS)) {
            wanted.add(WEIGHTS);
        } else if (!names.contains(ADAPTER)) {
            throw new UserException(
                    address + " has no weights as safetensors. Other formats (.bin, .pt) can run programs"
                            + " when they are read, and are not fetched. Look for a revision that has them (often refs/pr/1 or"
                            + " refs/convert/safetensors), or convert the model with save_pretrained.");
        }
        return wanted;
    }

    /**
     * Lists the shards that an index names.
     *
     * @param names files of the repository
     * @throws UserException if the index names a file that is not among them
     */
    static List<String> shards(HubAddress address, Path index, List<String> names) {
        var shards = new TreeSet<String>();
        for (var shard : InputJson.object(index, MAX_INDEX_BYTES).path("weight_map")) {
            var name = shard.asString("");
            if (!name.endsWith(".safetensors") || !HubNames.isFile(name) || !names.contains(name)) {
                throw new UserException(address + ": " + INDEX + " names '" + name
                        + "', which is not a safetensors file of" + " the repository.");
            }
            shards.add(name);
        }
        return List.copyOf(shards);
    }

    /**
     * The data set's file, if only one is possible.
     *
     * @throws UserException if there are several, or none
     */
    static String data(HubAddress address, List<String> names) {
        var data = names.stream()
                .filter(name -> DATA.stream().anyMatch(name::endsWith))
                .filter(name -> !name.endsWith("dataset_infos.json"))
                .toList();
        if (data.size() == 1) {
            return data.get(0);
        }
        throw new UserException(
                data.isEmpty()
                        ? address + " has no file of rows that Tandem reads (.jsonl, .json, .csv, .tsv, .parquet)."
                        : address + " has several files; name one, as in " + address + "/" + data.get(0)
                                + ". There are: " + HubListing.some(data) + ".");
    }
}
