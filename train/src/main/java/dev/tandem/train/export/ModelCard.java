package dev.tandem.train.export;

import dev.tandem.io.InputFiles;
import dev.tandem.io.InputJson;
import dev.tandem.tensor.DType;
import dev.tandem.train.folder.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The README.md of an exported model. It may be published, so it names no folders of this machine. */
record ModelCard(Path model, Optional<Path> adapter, DType type, Optional<Path> run) {
    private static final int MAX_BYTES = 10_000_000;
    private static final Pattern FOLDERS = Pattern.compile("(?<![\\w./:])(?:[\\w.~-]*/)+(?=[^/\\s])");

    String text() {
        var text = new StringBuilder("---\nlibrary_name: transformers\npipeline_tag: text-generation\n---\n\n");
        text.append("# ").append(model.toAbsolutePath().normalize().getFileName());
        text.append(adapter.isPresent() ? ", post-trained\n\n" : "\n\n");
        text.append("Weights in ").append(type.torchName());
        text.append(adapter.isPresent() ? ", a LoRA adapter merged in (computed in float32)" : "");
        text.append(". Exported by Tandem.\n");
        run.map(RunDirectory::new).ifPresent(folder -> append(text, folder));
        return text.toString();
    }

    private static void append(StringBuilder text, RunDirectory folder) {
        if (Files.isRegularFile(folder.summary())) {
            var summary = InputJson.object(folder.summary(), MAX_BYTES);
            text.append("\n## Training\n\n");
            text.append(summary.path("steps").asInt(0)).append(" steps, ");
            text.append(summary.path("tokens").asLong(0)).append(" tokens.\n\n");
            text.append("| objective | loss before | loss after |\n|---|---|---|\n");
            var after = summary.path("last_evaluation").path("losses");
            var before = summary.path("first_evaluation").path("losses");
            after.propertyNames()
                    .forEach(name -> text.append(String.format(
                            Locale.ROOT, "| %s | %s | %s |%n", name, loss(before.path(name)), loss(after.path(name)))));
            text.append("\nLosses on held-out rows.\n");
        }
        var recipe =
                FOLDERS.matcher(InputFiles.text(folder.recipe(), MAX_BYTES)).replaceAll("");
        text.append("\n## Recipe\n\n```yaml\n").append(recipe.strip()).append("\n```\n");
    }

    private static String loss(JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, "%.4f", value.doubleValue()) : "";
    }
}
