package dev.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.options.AdaptedModel;
import dev.tandem.cli.options.HubPaths;
import dev.tandem.golden.Golden;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder of an adapter opens with the base that it names. */
class AdapterAloneTest {
    private static final Path CASES = Path.of("../testdata/cases");

    @TempDir
    Path temporary;

    private final StringWriter printed = new StringWriter();
    private final HubPaths paths = new HubPaths(new PrintWriter(printed, true), false);

    @Test
    void itsBaseIsSeenFromTheAdapterOrFromHere() throws Exception {
        var adapter = adapterOver("../base");
        Files.createDirectories(temporary.resolve("base"));
        var opened = AdaptedModel.of(adapter, Optional.empty(), paths);
        assertThat(opened.adapter()).hasValue(adapter);
        assertThat(opened.model().normalize()).isEqualTo(temporary.resolve("base"));
        assertThat(printed.toString()).contains("Using adapter " + adapter + " over its base ");
        var here = AdaptedModel.of(adapterOver(CASES.resolve("tiny").toString()), Optional.empty(), paths);
        assertThat(here.model()).isEqualTo(CASES.resolve("tiny"));
    }

    @Test
    void aModelOrAnAdapterBesideItIsTakenAsNamed() throws Exception {
        var adapter = adapterOver("elsewhere");
        var tiny = CASES.resolve("tiny");
        assertThat(AdaptedModel.of(tiny, Optional.empty(), paths)).isEqualTo(new AdaptedModel(tiny, Optional.empty()));
        assertThat(AdaptedModel.of(tiny, Optional.of(adapter), paths))
                .isEqualTo(new AdaptedModel(tiny, Optional.of(adapter)));
    }

    @Test
    void aBaseThatIsNotThereIsNamed() throws Exception {
        var adapter = adapterOver("/models/gone");
        Assertions.assertThatThrownBy(() -> AdaptedModel.of(adapter, Optional.empty(), paths))
                .hasMessageContaining("is an adapter over '/models/gone'")
                .hasMessageContaining("which is no folder here");
    }

    private Path adapterOver(String base) throws Exception {
        var config =
                (tools.jackson.databind.node.ObjectNode) Golden.json(CASES.resolve("63/adapter/adapter_config.json"));
        var folder = Files.createDirectories(temporary.resolve("adapter"));
        Files.writeString(
                folder.resolve("adapter_config.json"),
                config.put("base_model_name_or_path", base).toString());
        return folder;
    }
}
