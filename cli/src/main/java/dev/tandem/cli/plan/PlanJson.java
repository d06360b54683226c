package dev.tandem.cli.plan;

import dev.tandem.plan.Cluster;
import dev.tandem.plan.Plan;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A plan for a machine: bytes, seconds, tokens. */
final class PlanJson {
    private PlanJson() {}

    static String of(Plan plan) {
        var json = new LinkedHashMap<String, Object>();
        json.put("model", model(plan));
        json.put("step", step(plan));
        json.put("machines", machines(plan.cluster()));
        json.put("rows", plan.rows().stream().map(PlanJson::row).toList());
        json.put("advice", PlanAdvice.line(plan));
        return JsonMapper.shared().writeValueAsString(json);
    }

    private static Map<String, Object> model(Plan plan) {
        var json = new LinkedHashMap<String, Object>();
        json.put("family", plan.run().spec().modelType());
        json.put("trained_parameters", plan.trained());
        json.put("frozen_parameters", plan.frozen());
        json.put("precision", plan.run().bf16() ? "bf16" : "fp32");
        json.put("checkpoint_activations", plan.run().checkpointActivations());
        return json;
    }

    private static Map<String, Object> step(Plan plan) {
        var json = new LinkedHashMap<String, Object>();
        json.put("tokens", plan.run().tokens());
        json.put("probes", plan.run().probes());
        return json;
    }

    private static Map<String, Object> machines(Cluster cluster) {
        var json = new LinkedHashMap<String, Object>();
        json.put("ranks_per_node", cluster.ranksPerNode());
        json.put("threads", cluster.threads());
        json.put("memory", cluster.memory());
        json.put("usable_memory", Cluster.USABLE * cluster.memory());
        json.put("flops", cluster.flops());
        json.put("node_bandwidth", cluster.nodeBandwidth());
        json.put("bandwidth", cluster.bandwidth());
        json.put("latency", cluster.latency());
        return json;
    }

    private static Map<String, Object> row(Plan.Row row) {
        var json = new LinkedHashMap<String, Object>();
        json.put("ranks", row.ranks());
        json.put("stage", row.stage().number());
        json.put("passes", row.passes());
        var memory = new LinkedHashMap<String, Object>();
        memory.put("frozen", row.memory().frozen());
        memory.put("parameters", row.memory().parameters());
        memory.put("gradients", row.memory().gradients());
        memory.put("moments", row.memory().moments());
        memory.put("activations", row.memory().activations());
        memory.put("head", row.memory().head());
        memory.put("total", row.memory().total());
        json.put("memory", memory);
        json.put("fits", row.fits());
        json.put("bytes_sent", row.step().bytesSent());
        json.put("gradient_bytes_sent", row.step().gradientBytes());
        json.put("parameter_bytes_sent", row.step().parameterBytes());
        json.put("computing_seconds", row.step().time().computing());
        json.put("communicating_seconds", row.step().time().communicating());
        json.put("exposed_seconds", row.step().time().exposed());
        json.put("step_seconds", row.step().time().total());
        json.put("tokens_per_second", row.tokensPerSecond());
        json.put("efficiency", row.efficiency());
        return json;
    }
}
