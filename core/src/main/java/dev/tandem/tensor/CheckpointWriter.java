package dev.tandem.tensor;

import dev.tandem.AtomicFiles;
import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes the weights of a Hugging Face model directory, in shards when they are large. */
public final class CheckpointWriter {
    private CheckpointWriter() {}

    /**
     * Writes {@code model.safetensors}, or {@code model-00001-of-0000N.safetensors} and their index.
     *
     * @param directory an existing folder
     * @param tensors by name
     * @param maxShardBytes a shard holds at most this much, or a single tensor
     * @param type dtype to store, F32 or BF16
     * @throws UserException if a file cannot be written
     */
    public static void write(Path directory, Map<String, Tensor> tensors, long maxShardBytes, DType type) {
        var shards = shards(tensors, maxShardBytes, type);
        if (shards.size() == 1) {
            SafetensorsWriter.write(directory.resolve(CheckpointWeights.SINGLE), tensors, type);
            delete(directory.resolve(CheckpointWeights.INDEX));
            return;
        }
        // what an earlier export left here must never be read as this one, wherever this one stops
        delete(directory.resolve(CheckpointWeights.INDEX));
        delete(directory.resolve(CheckpointWeights.SINGLE));
        var weightMap = new LinkedHashMap<String, String>();
        for (var i = 0; i < shards.size(); i++) {
            var name = String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
            SafetensorsWriter.write(directory.resolve(name), shards.get(i), type);
            shards.get(i).keySet().forEach(tensor -> weightMap.put(tensor, name));
        }
        var total = tensors.values().stream()
                .mapToLong(t -> t.numel() * type.bytes())
                .sum();
        // last: an index never names a shard that is not there yet
        AtomicFiles.write(directory.resolve(CheckpointWeights.INDEX), index(weightMap, total));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UserException("Cannot replace " + file + ": " + e + ". Is the folder writable?", e);
        }
    }

    private static List<Map<String, Tensor>> shards(Map<String, Tensor> tensors, long maxBytes, DType type) {
        var shards = new ArrayList<Map<String, Tensor>>();
        Map<String, Tensor> shard = new LinkedHashMap<>();
        var bytes = 0L;
        for (var e : tensors.entrySet()) {
            var size = e.getValue().numel() * type.bytes();
            if (!shard.isEmpty() && bytes + size > maxBytes) {
                shards.add(shard);
                shard = new LinkedHashMap<>();
                bytes = 0;
            }
            shard.put(e.getKey(), e.getValue());
            bytes += size;
        }
        shards.add(shard);
        return shards;
    }

    private static String index(Map<String, String> weightMap, long totalBytes) {
        var root = new LinkedHashMap<String, Object>();
        root.put("metadata", Map.of("total_size", totalBytes));
        root.put("weight_map", weightMap);
        return JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(root)
                + "\n";
    }
}
