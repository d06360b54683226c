package dev.tandem.cli.serve;

import dev.tandem.UserException;
import dev.tandem.cli.http.ListenAddress;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.options.HubPaths;
import dev.tandem.cli.options.ModelOptions;
import dev.tandem.cli.options.PromptOptions;
import dev.tandem.cli.options.SamplingOptions;
import dev.tandem.cli.process.StopSignal;
import dev.tandem.cli.serve.api.ApiSettings;
import dev.tandem.cli.serve.wire.ApiLimits;
import dev.tandem.serve.EngineSettings;
import dev.tandem.text.SafeText;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem serve}: a model behind OpenAI's API. */
@Command(
        name = "serve",
        description = "Serves a model over HTTP, as OpenAI's API does.",
        footer = {"", "Ctrl-C or SIGTERM ends it once the active answers are finished."})
public final class ServeCommand implements Callable<Integer> {
    private static final String STOPPING =
            "Stopping: requests are refused, active answers are finished. A second signal stops immediately.";
    private static final long MILLIS_BETWEEN_LOOKS = 50;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private SamplingOptions sampling = new SamplingOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address to listen on (default: ${DEFAULT-VALUE}, this machine alone). For another, a key is"
                    + " needed.")
    private String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8080",
            description = "Port to listen on, 0 for any (default: ${DEFAULT-VALUE}).")
    private int port = 8080;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name of the model for clients (default: that of its folder, or the adapter's).")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--template",
            paramLabel = "TEXT",
            description =
                    "Of conversations, for a model without a chat template: {} stands for the user's message; \\n is"
                            + " a line end.")
    private @Nullable String template;

    @Option(
            names = "--max-batch",
            paramLabel = "N",
            defaultValue = "16",
            description = "Most texts that are generated at the same time (default: ${DEFAULT-VALUE}).")
    private int maxBatch = 16;

    @Option(
            names = "--queue",
            paramLabel = "N",
            defaultValue = "64",
            description = "Most waiting texts; further requests get 429 (default: ${DEFAULT-VALUE}).")
    private int queue = 64;

    @Option(
            names = "--kv-tokens",
            paramLabel = "N",
            defaultValue = "65536",
            description = "Capacity for keys and values: active texts times the tokens of the longest, prompt"
                    + " included (default: ${DEFAULT-VALUE}).")
    private long kvTokens = 65_536;

    @Option(
            names = "--drain",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long to wait for active answers at the end (default: ${DEFAULT-VALUE}).")
    private int drain = 30;

    @Override
    public Integer call() {
        ListenAddress.port(port);
        var words = PromptOptions.template(template);
        var shortName = name.orElseGet(model::shortName);
        var key = keys.key();
        if (key.isEmpty() && !ListenAddress.address(host).isLoopbackAddress()) {
            throw new UserException("On " + host + " users of other machines can connect, so a key is needed:"
                    + " --api-key-env NAME or --api-key-file FILE.");
        }
        if (drain < 0) {
            throw new UserException("drain is " + drain + ", but must be 0 or more.");
        }
        var bounds = new EngineSettings(maxBatch, queue, kvTokens);
        var defaults = sampling.settings(maxBatch);
        model.fetch(new HubPaths(out(), common.quiet()));
        var settings = new ApiSettings(shortName, model.fingerprint(), defaults, words, host, port, key);
        return StopSignal.during(
                Objects.requireNonNull(spec).commandLine(), STOPPING, signal -> serve(signal, bounds, settings));
    }

    private int serve(StopSignal signal, EngineSettings bounds, ApiSettings settings) {
        try (var server = ApiServer.open(model::open, bounds, settings, ApiLimits.USUAL)) {
            say("Loading " + model.name());
            while (server.engine().isLoading() && !signal.requested()) {
                Thread.sleep(MILLIS_BETWEEN_LOOKS);
            }
            if (!signal.requested()) {
                server.engine().awaitReady();
                greet(server, bounds, settings);
            }
            while (!signal.requested()) {
                Thread.sleep(MILLIS_BETWEEN_LOOKS);
            }
            if (!server.engine().drain(Duration.ofSeconds(drain))) {
                say("After " + drain + " s some answers were not finished; they are aborted.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return signal.exitCode();
    }

    private void greet(ApiServer server, EngineSettings bounds, ApiSettings settings) {
        out().println(SafeText.lines("Serving " + settings.name() + " at " + server.url()));
        out().flush();
        say(String.format(
                Locale.ROOT,
                "Texts of up to %,d tokens, %,d at a time; keys and values take up to %,d MiB. Ctrl-C ends it.",
                server.engine().longest(),
                bounds.slots(),
                server.engine().mostBytes() >> 20));
    }

    private void say(String line) {
        if (!common.quiet()) {
            out().println(SafeText.lines(line));
            out().flush();
        }
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }
}
