package dev.tandem.tensor.safetensors;

import dev.tandem.UserException;
import dev.tandem.io.InputFiles;
import dev.tandem.io.InputJson;
import dev.tandem.tensor.DType;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * The weights of a Hugging Face model directory in safetensors: one {@code model.safetensors}, or shards listed by
 * {@code model.safetensors.index.json}.
 */
public final class SafetensorsModelReader implements WeightsReader {
    /** File name of weights in one piece. */
    public static final String SINGLE = "model.safetensors";

    /** File name of the index of sharded weights. */
    public static final String INDEX = SINGLE + ".index.json";

    /** This format. */
    public static final WeightsFormat FORMAT = new WeightsFormat() {
        @Override
        public boolean isIn(Path directory) {
            return InputFiles.isPresent(directory.resolve(SINGLE)) || InputFiles.isPresent(directory.resolve(INDEX));
        }

        @Override
        public WeightsReader open(Path directory) {
            return SafetensorsModelReader.open(directory);
        }
    };

    private static final Set<DType> LOADABLE = Set.of(DType.F32, DType.BF16, DType.F16);

    /** The index of a model with a million tensors is less than half as long. */
    private static final int MAX_INDEX_BYTES = 200_000_000;

    private final Map<String, SafetensorsFile> byTensor;
    private final List<SafetensorsFile> files;

    private SafetensorsModelReader(Map<String, SafetensorsFile> byTensor, List<SafetensorsFile> files) {
        this.byTensor = Collections.unmodifiableMap(new LinkedHashMap<>(byTensor));
        this.files = List.copyOf(files);
    }

    private static SafetensorsModelReader open(Path directory) {
        // the order of transformers, if a folder holds both; a dead link also counts as present and is reported
        if (!InputFiles.isPresent(directory.resolve(SINGLE))) {
            return sharded(directory);
        }
        var file = SafetensorsFile.open(directory.resolve(SINGLE));
        var byTensor = new LinkedHashMap<String, SafetensorsFile>();
        file.names().forEach(name -> byTensor.put(name, file));
        return new SafetensorsModelReader(byTensor, List.of(file));
    }

    /** The file of every tensor; empty if the directory has no weights. */
    static Map<String, Path> files(Path directory) {
        var single = directory.resolve(SINGLE);
        var result = new LinkedHashMap<String, Path>();
        if (InputFiles.isPresent(single)) {
            SafetensorsHeader.read(single).entries().keySet().forEach(name -> result.put(name, single));
        } else if (InputFiles.isPresent(directory.resolve(INDEX))) {
            var index = directory.resolve(INDEX);
            weightMap(index).forEach((name, shard) -> result.put(name, shardPath(index, shard)));
        }
        return result;
    }

    @Override
    public Set<String> names() {
        return byTensor.keySet();
    }

    @Override
    public List<Path> paths() {
        return files.stream().map(SafetensorsFile::path).toList();
    }

    @Override
    public long[] shape(String name) {
        return file(name).shape(name);
    }

    /** A view of the mapped file where possible. */
    @Override
    public Tensor tensor(String name) {
        var file = file(name);
        if (!LOADABLE.contains(file.dtype(name))) {
            throw new UserException(file.path() + ": tensor '" + name + "' is stored as " + file.dtype(name)
                    + "; weights in F32, BF16 or F16 were expected.");
        }
        return file.tensor(name);
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }

    private SafetensorsFile file(String name) {
        var file = byTensor.get(name);
        if (file == null) {
            throw new IllegalArgumentException("the checkpoint has no tensor '" + name + "'");
        }
        return file;
    }

    private static SafetensorsModelReader sharded(Path directory) {
        var index = directory.resolve(INDEX);
        var shards = new LinkedHashMap<String, SafetensorsFile>();
        var byTensor = new LinkedHashMap<String, SafetensorsFile>();
        try {
            weightMap(index).forEach((tensor, shard) -> {
                var file = shards.computeIfAbsent(shard, s -> SafetensorsFile.open(shardPath(index, s)));
                if (!file.names().contains(tensor)) {
                    throw new UserException(index + " says that tensor '" + tensor + "' is in " + shard
                            + ", but it is not. Download the checkpoint again.");
                }
                byTensor.put(tensor, file);
            });
            requireOnce(index, shards);
        } catch (RuntimeException e) {
            shards.values().forEach(SafetensorsFile::close);
            throw e;
        }
        return new SafetensorsModelReader(byTensor, new ArrayList<>(shards.values()));
    }

    /** Refuses a tensor that occurs twice: readers differ in which of two copies they take. */
    private static void requireOnce(Path index, Map<String, SafetensorsFile> shards) {
        var seen = new LinkedHashMap<String, String>();
        shards.forEach((shard, file) -> file.names().forEach(tensor -> {
            var other = seen.put(tensor, shard);
            if (other != null) {
                throw new UserException(index + ": tensor '" + tensor + "' is in two shards, " + other + " and " + shard
                        + ". Download or export the checkpoint again.");
            }
        }));
    }

    private static Map<String, String> weightMap(Path index) {
        var map = InputJson.object(index, MAX_INDEX_BYTES).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new UserException(index + " has no weight_map from tensor names to shard files.");
        }
        var result = new LinkedHashMap<String, String>();
        map.propertyStream().forEach(e -> result.put(e.getKey(), e.getValue().asString("")));
        return result;
    }

    /** Accepts only plain names inside the folder: an index from the internet must not make us read other files. */
    private static Path shardPath(Path index, String shard) {
        var plain = !shard.isEmpty() && !shard.contains("/") && !shard.contains("\\") && shard.endsWith(".safetensors");
        if (!plain) {
            throw new UserException(index + " names the shard '" + shard
                    + "'; the plain name of a .safetensors file in the same folder was expected.");
        }
        try {
            var path = index.resolveSibling(shard);
            // refuses links that lead elsewhere; a missing file is reported when it is opened
            InputFiles.isPresent(path);
            return path;
        } catch (InvalidPathException e) {
            throw new UserException(index + " names the shard '" + shard + "', which is not a valid file name.", e);
        }
    }
}
