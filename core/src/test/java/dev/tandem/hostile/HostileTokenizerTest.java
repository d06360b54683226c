package dev.tandem.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.TokenizerFolder;
import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tokenizers are native code, where an error inside may end the process. All are tried in one child process, which must
 * live to the end.
 */
class HostileTokenizerTest {
    private static final String FILE = "tokenizer.json";
    private static final String SPLIT =
            "{\"type\":\"Split\",\"behavior\":\"Isolated\",\"invert\":false,\"pattern\":{\"Regex\":";

    private final Map<String, String> expected = new LinkedHashMap<>();
    private final List<Path> folders = new ArrayList<>();

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path temporary;

    @Test
    void nativeCodeNeverEndsTheProcess() throws Exception {
        models();
        parts();
        templates();
        texts();
        var out = temporary.resolve("out");
        var status = child(out);
        assertThat(status)
                .as(() -> "exit status after " + count(out) + ": " + log())
                .isZero();
        var outcomes = Files.readAllLines(out);
        assertThat(outcomes).hasSameSizeAs(folders);
        var names = List.copyOf(expected.keySet());
        for (var i = 0; i < names.size(); i++) {
            assertThat(outcomes.get(i)).as(names.get(i)).contains(expected.get(names.get(i)));
        }
    }

    private String count(Path out) {
        var done = lines(out).size();
        return done + " of " + List.copyOf(expected.keySet()).subList(done, expected.size());
    }

    private String log() {
        return String.join("\n", lines(temporary.resolve("log")));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int child(Path out) throws Exception {
        var arguments = new ArrayList<>(List.of(out.toString()));
        folders.forEach(folder -> arguments.add(folder.toString()));
        var command = ChildProcesses.java(List.of("-Xmx512m"), TokenizerChild.class.getName(), arguments);
        var process = processes.start(new ProcessBuilder(command)
                .directory(temporary.toFile())
                .redirectErrorStream(true)
                .redirectOutput(temporary.resolve("log").toFile()));
        assertThat(process.waitFor(100, TimeUnit.SECONDS)).as("it ends").isTrue();
        return process.exitValue();
    }

    private void models() {
        add("a valid one", json -> {}, "loaded");
        model("WordPiece", m -> m.put("type", "WordPiece"), "model.type is WordPiece");
        model("Unigram", m -> m.put("type", "Unigram"), "model.type is Unigram");
        model("prefix", m -> m.put("continuing_subword_prefix", "#".repeat(50)), "continuing_subword_prefix is set");
        model("no vocabulary", m -> m.putObject("vocab"), "");
        model("negative id", m -> m.withObject("/vocab").put("zz", -1), "a whole number from 0");
        model("absurd id", m -> m.withObject("/vocab").put("zz", Integer.MAX_VALUE), "a whole number from 0");
        model("id of 64 bits", m -> m.withObject("/vocab").put("zz", 1L << 40), "a whole number from 0");
        model("id of text", m -> m.withObject("/vocab").put("zz", "7"), "a whole number from 0");
        model("merge of nothing", m -> m.withArray("/merges").add("q"), "library can read");
        model("merge of strangers", m -> m.withArray("/merges").add("q\u00e9 z\u00e9"), "library can read");
        model("dropout", m -> m.put("dropout", 2.0), "library can read");
    }

    private void parts() {
        part("normalizer", "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"AAAA\"}", "normalizer Precompiled");
        part("normalizer", replacements(20), "more than 1000 times longer");
        part("normalizer", replacements(3), "loaded");
        part(
                "normalizer",
                "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"((\"},\"content\":\"\"}",
                "library can read");
        part("normalizer", "[]", "normalizer unknown is not supported");
        part("pre_tokenizer", "{\"type\":\"FixedLength\",\"length\":0}", "pre_tokenizer FixedLength");
        part("pre_tokenizer", "{\"type\":\"Metaspace\",\"replacement\":\"\"}", "library can read");
        part("pre_tokenizer", SPLIT + "\"" + "(".repeat(100_000) + ")".repeat(100_000) + "\"}}", "a pattern of more");
        part("pre_tokenizer", SPLIT + "\"" + "(".repeat(50) + ")".repeat(50) + "\"}}", "loaded");
        part("pre_tokenizer", SPLIT + "\"" + "a|".repeat(2499) + "b\"}}", "loaded");
        part("pre_tokenizer", SPLIT + "\"(a*)*(a*)*b\"}}", "loaded");
        part("decoder", "{\"type\":\"CTC\",\"pad_token\":\"\",\"cleanup\":true}", "decoder CTC");
        part("decoder", "{\"type\":\"Strip\",\"content\":\"a\",\"start\":9,\"stop\":9}", "strips the ends");
        part("decoder", "{\"type\":\"Strip\",\"content\":\"a\",\"start\":99999,\"stop\":0}", "loaded");
        part("decoder", "{\"type\":\"BPEDecoder\",\"suffix\":\"\"}", "loaded");
        part("decoder", "{\"type\":\"Metaspace\",\"replacement\":\"a\",\"prepend_scheme\":\"always\"}", "loaded");
        part("decoder", "{\"type\":\"ByteFallback\"}", "loaded");
        part("post_processor", "{\"type\":\"Nonsense\"}", "post_processor Nonsense");
    }

    private void templates() {
        template("{\"SpecialToken\":{\"id\":\"<no>\",\"type_id\":0}}", "", "a template with the piece");
        template("{\"Sequence\":{\"id\":\"B\",\"type_id\":0}}", "", "a template with the piece");
        template("3", "", "a template with the piece");
        var token = "\"x\":{\"id\":\"x\",\"ids\":[4294967295],\"tokens\":[\"x\"]}";
        template(
                "{\"SpecialToken\":{\"id\":\"x\",\"type_id\":0}},{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}",
                token,
                "begins every text with the token 4294967295");
    }

    private void texts() throws IOException {
        text("truncated", valid().substring(0, 500), "is not valid JSON");
        text("empty", "", "is not a JSON object");
        text("deep", "{\"model\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}", "nesting depth");
        text(
                "deep normalizers",
                "{\"normalizer\":" + "{\"type\":\"Sequence\",\"normalizers\":[".repeat(100_000),
                "depth");
        text("key twice", "{\"model\":{\"type\":\"BPE\"},\"model\":{\"type\":\"BPE\"}}", "Duplicate");
        text("NUL", "\0", "is not valid JSON");
    }

    private static String replacements(int count) {
        var one = "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\".\"},\"content\":\"xx\"}";
        return "{\"type\":\"Sequence\",\"normalizers\":[" + String.join(",", java.util.Collections.nCopies(count, one))
                + "]}";
    }

    private void model(String name, Consumer<ObjectNode> change, String outcome) {
        add(name, json -> change.accept(json.withObject("/model")), outcome);
    }

    private void part(String key, String value, String outcome) {
        add(key + folders.size(), json -> json.set(key, json(value)), outcome);
    }

    private void template(String pieces, String tokens, String outcome) {
        part(
                "post_processor",
                "{\"type\":\"TemplateProcessing\",\"single\":[" + pieces
                        + "],\"pair\":[{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},"
                        + "{\"Sequence\":{\"id\":\"B\",\"type_id\":1}}],\"special_tokens\":{" + tokens + "}}",
                outcome);
    }

    private static tools.jackson.databind.JsonNode json(String text) {
        return tools.jackson.databind.json.JsonMapper.shared().readTree(text);
    }

    private String valid() throws IOException {
        return Files.readString(folders.get(0).resolve(FILE));
    }

    private void text(String name, String text, String outcome) throws IOException {
        add(name, json -> {}, outcome);
        Files.writeString(folders.get(folders.size() - 1).resolve(FILE), text);
    }

    private void add(String name, Consumer<ObjectNode> change, String outcome) {
        var folder = temporary.resolve("tokenizer" + folders.size());
        TokenizerFolder.plain(folder).edit(FILE, change);
        folders.add(folder);
        expected.put(name, outcome);
    }
}
