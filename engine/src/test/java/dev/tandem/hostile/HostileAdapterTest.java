package dev.tandem.hostile;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tandem.UserException;
import dev.tandem.golden.Golden;
import dev.tandem.hostile.HostileFolder.Change;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.machine.NativeSetup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Device;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/** Adapters whose files contradict their config. */
class HostileAdapterTest {
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";

    @TempDir
    Path temporary;

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    static Stream<Arguments> spoilt() {
        return Stream.of(
                key("rank beyond the weights", c -> c.put("r", Integer.MAX_VALUE), "[2147483647, 32] was expected"),
                key("rank of 64 bits", c -> c.put("r", 1L << 40), "'r' is 1099511627776; an integer"),
                key("alpha beyond a double", c -> c.put("lora_alpha", new java.math.BigDecimal("1e999")), "finite"),
                key("a kind of its own", c -> c.put("peft_type", "../../x"), "peft_type '../../x' is not supported"),
                key("targets of no text", c -> c.putArray("target_modules").add(3), "a list of strings"),
                key("code to load", c -> c.putObject("auto_mapping").put("parent_library", "os"), ""),
                file("config deep", f -> Files.writeString(f.path().resolve(CONFIG), "[".repeat(100_000)), "depth"),
                file("config absent", f -> Files.delete(f.path().resolve(CONFIG)), "does not exist"),
                file("a pickle", HostileAdapterTest::pickle, "is a Python pickle"),
                file("weights cut", f -> cut(f, 100), "is not a valid safetensors file"),
                file("weights of 3 bytes", f -> cut(f, 3), "it has 3 bytes"),
                file("a link out", HostileAdapterTest::linkOut, "leads out of its folder"));
    }

    private static Arguments key(String name, Consumer<ObjectNode> change, String message) {
        return file(name, f -> f.json(CONFIG, change), message);
    }

    private static Arguments file(String name, Change change, String message) {
        return arguments(name, change, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spoilt")
    void isRefusedWithItsReason(String name, Change change, String message) throws Exception {
        var folder = HostileFolder.of("llama/adapter", temporary.resolve("adapter"));
        change.apply(folder);
        if (message.isEmpty()) {
            read(folder); // has no meaning here and therefore no effect
            return;
        }
        assertThatThrownBy(() -> read(folder))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(folder.path().toString())
                .hasMessageContaining(message);
    }

    @Test
    void anotherModelsAdapterIsRefused() {
        var folder = HostileFolder.of("gpt-neox/adapter", temporary.resolve("adapter"));
        assertThatThrownBy(() -> read(folder)).hasMessageContaining("Is the adapter for another base model?");
    }

    private static void read(HostileFolder folder) {
        var layout = ParameterLayout.of(ModelFamilies.read(Golden.directory("llama")));
        try (var owner = new TensorOwner()) {
            LoraAdapter.read(folder.path(), layout, new Device("cpu"), owner);
        }
    }

    private static void cut(HostileFolder folder, int length) throws java.io.IOException {
        var file = folder.path().resolve(WEIGHTS);
        Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), length));
    }

    private static void pickle(HostileFolder folder) throws java.io.IOException {
        Files.move(folder.path().resolve(WEIGHTS), folder.path().resolve("adapter_model.bin"));
    }

    private static void linkOut(HostileFolder folder) throws java.io.IOException {
        var outside = folder.path().resolveSibling("outside.safetensors");
        Files.move(folder.path().resolve(WEIGHTS), outside);
        Files.createSymbolicLink(folder.path().resolve(WEIGHTS), Path.of("..", "outside.safetensors"));
    }
}
