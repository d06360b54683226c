package dev.tandem.cli.serve.api;

import dev.tandem.serve.Engine;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.ToIntFunction;

/** Counts what the server does, for Prometheus. */
public final class ServeMetrics implements Engine.Observer {
    private static final double[] FIRST_SECONDS = {.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120};
    private static final double[] TOKEN_SECONDS = {.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5};

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final Counter requests = counter(
            "tandem_requests_total",
            "Requests answered, by route and status; 499: the client disconnected.",
            "route",
            "status");
    private final Counter promptTokens =
            counter("tandem_prompt_tokens_total", "Tokens in the prompts of accepted texts.");
    private final Counter generatedTokens = counter("tandem_generated_tokens_total", "Tokens generated.");
    private final Counter texts = counter("tandem_texts_total", "Texts accepted: a request may ask for several.");
    private final Counter cancelled =
            counter("tandem_cancelled_total", "Texts cancelled because the client disconnected.");
    private final Counter failed = counter("tandem_failed_total", "Texts lost because the model failed.");
    private final Histogram first = histogram(
            "tandem_first_token", "From accepting a text to its first token, the queue included.", FIRST_SECONDS);
    private final Histogram next =
            histogram("tandem_next_token", "From a token to the next of the same text.", TOKEN_SECONDS);

    private Counter counter(String name, String help, String... labels) {
        return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
    }

    private Histogram histogram(String name, String help, double... bounds) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .unit(Unit.SECONDS)
                .classicOnly()
                .classicUpperBounds(bounds)
                .register(registry);
    }

    /** Adds the state of an engine. */
    public void watch(Engine engine) {
        gauge("tandem_queue_length", "Texts that wait.", engine, Engine::waiting);
        gauge("tandem_active", "Texts that are being generated.", engine, Engine::active);
        gauge("tandem_ready", "1 if requests are accepted, else 0.", engine, e -> e.isOpen() ? 1 : 0);
    }

    private void gauge(String name, String help, Engine engine, ToIntFunction<Engine> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(gauge -> gauge.call(value.applyAsInt(engine)))
                .register(registry);
    }

    /** A request was answered. */
    void answered(String route, int status) {
        requests.labelValues(route, String.valueOf(status)).inc();
    }

    @Override
    public void onAccepted(int count, long tokens) {
        texts.inc(count);
        promptTokens.inc(tokens);
    }

    @Override
    public void onFirstToken(double seconds) {
        generatedTokens.inc();
        first.observe(seconds);
    }

    @Override
    public void onToken(double seconds) {
        generatedTokens.inc();
        next.observe(seconds);
    }

    @Override
    public void onCancelled() {
        cancelled.inc();
    }

    @Override
    public void onFailure(int count) {
        failed.inc(count);
    }

    /** Media type of {@link #text}. */
    String type() {
        return writer.getContentType();
    }

    /** All metrics in Prometheus's text format. */
    byte[] text() {
        var out = new ByteArrayOutputStream();
        try {
            writer.write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
