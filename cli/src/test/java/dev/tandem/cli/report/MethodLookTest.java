package dev.tandem.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

class MethodLookTest {
    private static Results results(String... methods) {
        var runs = Stream.of(methods)
                .map(method -> new Results.Run(method + "-0.5", method, 0.5, 1, "runs/" + method))
                .toList();
        return new Results(
                "", List.of("sft", "preference"), Map.of(), runs, List.of(), JsonNodeFactory.instance.objectNode());
    }

    @Test
    void theFiveHaveTheSameLooksEverywhereAndOthersTheNextInOrderOfAppearance() {
        var results = results(
                "optimum-sft",
                "their-own",
                "maxright",
                "pcgrad",
                "sequential-preference-first",
                "sequential-sft-first",
                "mix",
                "alright");
        assertThat(results.methods().stream().map(method -> MethodLook.of(method, results).index()))
                .containsExactly(5, 5, 4, 6, 1, 0, 2, 3);
        assertThat(MethodLook.of("pcgrad", results("pcgrad")).index()).isEqualTo(5);
        assertThat(MethodLook.of("pcgrad", results).label()).isEqualTo("pcgrad");
        assertThat(MethodLook.of("maxright", results).label()).isEqualTo("MAXRIGHT");
    }
}
