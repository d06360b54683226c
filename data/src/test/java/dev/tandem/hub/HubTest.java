package dev.tandem.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.http.Proxies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubTest {
    private static final HubAddress MODEL = HubAddress.parse("hf://owner/name");

    @TempDir
    Path cache;

    private final LocalHub server = new LocalHub();
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final byte[] weights = new byte[3_000_000];

    @BeforeEach
    void fill() {
        IntStream.range(0, weights.length).forEach(i -> weights[i] = (byte) (i * 31 >> 3));
        server.files.put("config.json", "{\"a\": 1}".getBytes(StandardCharsets.UTF_8));
        server.files.put("model.safetensors", weights);
        server.files.put("pytorch_model.bin", new byte[10]);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Hub hub(boolean offline, Optional<String> token) {
        return hub(offline, token, Duration.ofSeconds(10));
    }

    private Hub hub(boolean offline, Optional<String> token, Duration stall) {
        return new Hub(
                new HubSettings(
                        server.endpoint(),
                        cache,
                        token,
                        offline,
                        Duration.ofMillis(5),
                        stall,
                        Proxies.of(Map.of("no_proxy", "*"))),
                new HubListener() {
                    @Override
                    public void message(String text) {
                        messages.add(text);
                    }
                });
    }

    private Path fetch() {
        return hub(false, Optional.empty()).fetch(MODEL).path();
    }

    @Test
    void laysFilesOutAsTheCacheOfOtherToolsDoes() throws IOException {
        var path = fetch();
        var root = cache.resolve("models--owner--name");
        assertThat(path).isEqualTo(root.resolve("snapshots").resolve(LocalHub.COMMIT));
        assertThat(root.resolve("refs/main")).hasContent(LocalHub.COMMIT);
        var link = path.resolve("model.safetensors");
        assertThat(Files.readSymbolicLink(link)).hasToString("../../blobs/" + LocalHub.sha256(weights));
        assertThat(link).hasBinaryContent(weights);
        assertThat(path.resolve("pytorch_model.bin")).doesNotExist();
    }

    @Test
    void goesOnWhereTheConnectionBroke() {
        server.breaks.set(2);
        assertThat(fetch().resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(server.requests).anyMatch(r -> r.startsWith("STORE bytes="));
        assertThat(messages).anyMatch(m -> m.contains("trying again"));
    }

    @Test
    void goesOnWithWhatAnEarlierProcessLeftUnlessItIsWrong() throws IOException {
        var blobs = Files.createDirectories(cache.resolve("models--owner--name/blobs"));
        Files.write(blobs.resolve(LocalHub.sha256(weights) + ".tandem.incomplete"), new byte[1000]);
        assertThat(fetch().resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(server.requests).contains("STORE bytes=1000-", "STORE null");
    }

    @Test
    void throwsAwayWhatIsNotTheFile() {
        server.corrupt = true;
        assertThatThrownBy(this::fetch).isInstanceOf(UserException.class).hasMessageContaining("checksum");
        assertThat(cache.resolve("models--owner--name/snapshots")).doesNotExist();
        assertThat(cache.resolve("models--owner--name/blobs").toFile().list())
                .noneMatch(name -> name.startsWith(LocalHub.sha256(weights)));
    }

    @Test
    void givesUpOnAServerThatNeverSendsAll() {
        server.breaks.set(1000);
        server.files.put("model.safetensors", new byte[1000]);
        assertThatThrownBy(this::fetch).isInstanceOf(UserException.class).hasMessageContaining("5 attempts");
    }

    @Test
    void waitsWhenThereWereTooManyRequests() {
        server.tooMany.set(2);
        assertThat(fetch()).isDirectory();
        server.tooMany.set(1000);
        assertThatThrownBy(this::fetch).hasMessageContaining("too many requests");
    }

    @Test
    void doesNotWaitForMoreThanFiveMinutes() {
        server.tooMany.set(1000);
        server.retryAfter = "301";
        assertThatThrownBy(this::fetch)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("too many requests (HTTP 429), and asks to wait 301 s.")
                .hasMessageContaining("Run the same command again then");
        assertThat(server.requests).hasSize(1);
        assertThat(messages).isEmpty();
    }

    @Test
    void leavesAConnectionThatBringsNothing() {
        server.stalls.set(1);
        var path = hub(false, Optional.empty(), Duration.ofMillis(500))
                .fetch(MODEL)
                .path();
        assertThat(path.resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(server.requests).contains("STORE null", "STORE bytes=" + weights.length / 2 + "-");
        assertThat(messages).anyMatch(m -> m.contains("trying again"));
    }

    @Test
    void sendsTheTokenToTheHubAlone() {
        server.token = "hf_secret";
        assertThatThrownBy(this::fetch).hasMessageContaining("is gated").hasMessageContaining("HF_TOKEN");
        hub(false, Optional.of("hf_secret")).fetch(MODEL);
        assertThat(server.storageTokens).isNotEmpty().containsOnly("null");
    }

    @Test
    void saysWhatDoesNotExist() {
        assertThatThrownBy(() -> hub(false, Optional.empty()).fetch(HubAddress.parse("hf://owner/other")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> hub(false, Optional.empty()).fetch(HubAddress.parse("hf://owner/name/other.json")))
                .hasMessageContaining("there is no file 'other.json'");
    }

    @Test
    void needsNoNetworkForWhatIsThere() {
        assertThatThrownBy(() -> hub(true, Optional.empty()).fetch(MODEL)).hasMessageContaining("HF_HUB_OFFLINE");
        var path = fetch();
        var asked = server.requests.size();
        assertThat(hub(true, Optional.empty()).fetch(MODEL).path()).isEqualTo(path);
        assertThat(hub(false, Optional.empty()).fetch(MODEL.at(LocalHub.COMMIT)).path())
                .isEqualTo(path);
        assertThat(server.requests).hasSize(asked);
        server.close();
        assertThat(fetch()).isEqualTo(path);
        assertThat(messages).anyMatch(m -> m.contains("cannot be reached"));
    }

    @Test
    void fetchesOnceForTwoAtOnce() {
        var paths = IntStream.range(0, 2).parallel().mapToObj(i -> fetch()).toList();
        assertThat(paths.get(0).resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(server.requests).filteredOn(r -> r.startsWith("STORE")).hasSize(1);
    }

    @Test
    void fetchesTheShardsOfAnIndexAndNothingElseItNames() {
        server.files.remove("model.safetensors");
        server.files.put("a.safetensors", weights);
        server.files.put(FileSelection.INDEX, index("a.safetensors"));
        assertThat(fetch().resolve("a.safetensors")).hasBinaryContent(weights);
        server.extraNames.add("../../evil.safetensors");
        server.files.put(FileSelection.INDEX, index("../../evil.safetensors"));
        assertThatThrownBy(this::fetch).hasMessageContaining("names '../../evil.safetensors'");
    }

    private static byte[] index(String shard) {
        return ("{\"weight_map\": {\"t\": \"" + shard + "\"}}").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void refusesModelsWithoutSafetensors() {
        server.files.remove("model.safetensors");
        assertThatThrownBy(this::fetch).hasMessageContaining("no weights as safetensors");
    }

    @Test
    void fetchesTheFileOfADataSet() {
        server.files.clear();
        server.files.put("data/train.jsonl", "{}\n".getBytes(StandardCharsets.UTF_8));
        var path = hub(false, Optional.empty()).local(Path.of("hf://datasets/owner/name"));
        assertThat(path).hasContent("{}\n").endsWithRaw(Path.of(LocalHub.COMMIT, "data/train.jsonl"));
        server.files.put("data/test.jsonl", "{}\n".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> hub(false, Optional.empty()).local(Path.of("hf://datasets/owner/name")))
                .hasMessageContaining("has several files");
    }

    @ParameterizedTest
    @CsvSource({
        "hf://a/b, a/b, main, ",
        "hf:/a/b@v1, a/b, v1, ",
        "hf://a/b@v1/c/d.json, a/b, v1, c/d.json",
        "hf://a/b/c@d.json, a/b, main, c@d.json",
        "hf://a/b@refs/pr/1, a/b, refs/pr/1, ",
        "hf://datasets/a/b@refs/convert/parquet/c.parquet, a/b, refs/convert/parquet, c.parquet"
    })
    void readsAddresses(String text, String id, String revision, String file) {
        var address = HubAddress.parse(text);
        assertThat(address.id()).isEqualTo(id);
        assertThat(address.revision()).isEqualTo(revision);
        assertThat(address.file()).isEqualTo(Optional.ofNullable(file));
        assertThat(HubAddress.of(Path.of(address.toString()))).contains(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hf://a",
                "hf://../b",
                "hf://a/..",
                "hf://a/b@../x",
                "hf://a/b/../../c",
                "hf://a/b@",
                "hf://spaces/a/b"
            })
    void refusesAddressesThatAreNone(String text) {
        assertThatThrownBy(() -> HubAddress.parse(text)).isInstanceOf(UserException.class);
    }
}
