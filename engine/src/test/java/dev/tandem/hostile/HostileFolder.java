package dev.tandem.hostile;

import dev.tandem.golden.Golden;
import dev.tandem.model.Computation;
import dev.tandem.model.checkpoint.ModelLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A valid folder of a model, and ways to damage it. */
record HostileFolder(Path path) {
    static final String WEIGHTS = "model.safetensors";
    static final String NORM = "model.layers.0.post_attention_layernorm.weight";

    /** A change that may throw. */
    interface Change {
        void apply(HostileFolder folder) throws IOException;
    }

    /** A copy of a golden folder; folders in it are left out. */
    static HostileFolder of(String golden, Path target) {
        return new HostileFolder(target).copy(Golden.directory(golden));
    }

    private HostileFolder copy(Path source) {
        try (var files = Files.list(source)) {
            Files.createDirectories(path);
            for (var file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, path.resolve(file.getFileName()));
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Changes a JSON file. */
    void json(String name, Consumer<ObjectNode> change) throws IOException {
        var file = path.resolve(name);
        var json = (ObjectNode) JsonMapper.shared().readTree(Files.readString(file));
        change.accept(json);
        Files.writeString(file, json.toString());
    }

    /** Changes the text of the weights' header; its length is adjusted. */
    void headerText(UnaryOperator<String> change) throws IOException {
        var bytes = Files.readAllBytes(path.resolve(WEIGHTS));
        var length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        var header = change.apply(new String(bytes, Long.BYTES, length, StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8);
        var data = Arrays.copyOfRange(bytes, Long.BYTES + length, bytes.length);
        Files.write(
                path.resolve(WEIGHTS),
                ByteBuffer.allocate(Long.BYTES + header.length + data.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(header.length)
                        .put(header)
                        .put(data)
                        .array());
    }

    /** Changes the weights' header. */
    void header(Consumer<ObjectNode> change) throws IOException {
        headerText(text -> {
            var json = (ObjectNode) JsonMapper.shared().readTree(text);
            change.accept(json);
            return json.toString();
        });
    }

    /** Changes one tensor's entry in the weights' header. */
    void tensor(Consumer<ObjectNode> change) throws IOException {
        header(json -> change.accept((ObjectNode) json.get(NORM)));
    }

    /** Changes the bytes of the weights. */
    void bytes(UnaryOperator<byte[]> change) throws IOException {
        Files.write(path.resolve(WEIGHTS), change.apply(Files.readAllBytes(path.resolve(WEIGHTS))));
    }

    /** Loads the model and closes it. */
    void load() {
        ModelLoader.load(path, Computation.of(ScalarType.Float, new Device("cpu")))
                .close();
    }
}
