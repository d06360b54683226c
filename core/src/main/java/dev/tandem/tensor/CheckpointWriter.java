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
     * @param tensors tensors by name
     * @param maxShardBytes a shard holds at most this much, or a single tensor
     * @param type dtype to store, F32, BF16 or F16
     * @throws UserException if a file cannot be written
     */
    public static void write(Path directory, Map<String, Tensor> tensors, long maxShardBytes, DType type) {
        var present = new LinkedHashMap<String, LazyTensor>();
        tensors.forEach((name, tensor) -> present.put(name, LazyTensor.of(tensor)));
        writeLazily(directory, present, maxShardBytes, type);
    }

    /**
     * Writes tensors that are created one after the other, as they are written; otherwise like {@link #write}.
     *
     * @return the number of files that hold the weights
     * @throws UserException if a file cannot be written
     */
    public static int writeLazily(Path directory, Map<String, LazyTensor> tensors, long maxShardBytes, DType type) {
        var shards = shards(tensors, maxShardBytes, type);
        if (shards.size() == 1) {
            SafetensorsWriter.writeLazily(directory.resolve(CheckpointWeights.SINGLE), tensors, type);
            delete(directory.resolve(CheckpointWeights.INDEX));
            return 1;
        }
        // files that an earlier export left here must never be read as part of this one, wherever this one stops
        delete(directory.resolve(CheckpointWeights.INDEX));
        delete(directory.resolve(CheckpointWeights.SINGLE));
        var weightMap = new LinkedHashMap<String, String>();
        for (var i = 0; i < shards.size(); i++) {
            var name = String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
            SafetensorsWriter.writeLazily(directory.resolve(name), shards.get(i), type);
            shards.get(i).keySet().forEach(tensor -> weightMap.put(tensor, name));
        }
        var total = tensors.values().stream().mapToLong(t -> t.bytes(type)).sum();
        // last: an index never names a shard that is not there yet
        AtomicFiles.write(directory.resolve(CheckpointWeights.INDEX), index(weightMap, total));
        return shards.size();
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UserException("Cannot replace " + file + ": " + e + ". Is the folder writable?", e);
        }
    }

    private static List<Map<String, LazyTensor>> shards(Map<String, LazyTensor> tensors, long maxBytes, DType type) {
        var shards = new ArrayList<Map<String, LazyTensor>>();
        Map<String, LazyTensor> shard = new LinkedHashMap<>();
        var bytes = 0L;
        for (var e : tensors.entrySet()) {
            var size = e.getValue().bytes(type);
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
