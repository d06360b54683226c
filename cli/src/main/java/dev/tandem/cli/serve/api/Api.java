package dev.tandem.cli.serve.api;

import dev.tandem.cli.serve.wire.ApiError;
import dev.tandem.cli.serve.wire.Exchange;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The work of the endpoints. */
public final class Api {
    private static final Logger LOG = LoggerFactory.getLogger(Api.class);

    private final ServedModel served;
    private final ServeMetrics metrics;
    private final Executor workers;
    private final CompletionReader completions;
    private final ChatReader chats;

    /** @param workers read and tokenise requests, which may take a while */
    public Api(ServedModel served, ServeMetrics metrics, Executor workers) {
        this.served = served;
        this.metrics = metrics;
        this.workers = workers;
        var reader = new RequestReader(served);
        this.completions = new CompletionReader(served, reader);
        this.chats = new ChatReader(served, reader);
    }

    public void answered(String route, int status) {
        metrics.answered(route, status);
    }

    public void health(Exchange exchange) {
        var open = served.engine().isOpen();
        var status = open ? "ok" : served.engine().model().isEmpty() ? "loading" : "stopping";
        exchange.json(open ? 200 : 503, JsonMapper.shared().createObjectNode().put("status", status));
    }

    public void metrics(Exchange exchange) {
        exchange.send(200, metrics.type(), metrics.text(), Map.of());
    }

    public void models(Exchange exchange) {
        var json = JsonMapper.shared().createObjectNode().put("object", "list");
        json.putArray("data").add(model());
        exchange.json(200, json);
    }

    public void model(Exchange exchange, String name) {
        if (name.equals(served.name())) {
            exchange.json(200, model());
        } else {
            exchange.error(ApiError.model(name.length() > 100 ? name.substring(0, 100) + "…" : name, served.name()));
        }
    }

    private ObjectNode model() {
        return JsonMapper.shared()
                .createObjectNode()
                .put("id", served.name())
                .put("object", "model")
                .put("created", served.created())
                .put("owned_by", "tandem");
    }

    public void generate(Exchange exchange, boolean chat, byte[] body) {
        workers.execute(() -> {
            try {
                var asked = chat ? chats.read(body) : completions.read(body);
                Job.start(served, exchange, new ResponseFormat(chat, served), asked);
            } catch (ApiError.Refusal e) {
                exchange.inLoop(() -> exchange.error(e.error()));
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                var id = String.format(
                        Locale.ROOT, "%012x", ThreadLocalRandom.current().nextLong() >>> 16);
                LOG.error("Failure {}: the request {} could not be read", id, exchange.id(), e);
                exchange.inLoop(() -> exchange.error(ApiError.failure(id)));
            } finally {
                exchange.inLoop(exchange::read);
            }
        });
    }
}
