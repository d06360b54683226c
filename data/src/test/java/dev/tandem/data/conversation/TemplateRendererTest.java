package dev.tandem.data.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.conversation.ConversationRenderer.Rendered;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TemplateRendererTest {
    private static final String NONE = "none of templates";

    @Test
    void givesTheTemplateWhatHuggingFaceGivesIt() {
        var seen = new AtomicReference<Map<String, Object>>(Map.of());
        var renderer = new TemplateRenderer(Map.of("bos_token", "<s>"), NONE, variables -> {
            seen.set(variables);
            return new Rendered("text", List.of());
        });
        var message = (ObjectNode)
                JsonMapper.shared()
                        .readTree(
                                "{\"role\": \"user\", \"content\": null, \"n\": 3, \"x\": 1.5, \"b\": true, \"l\": [{\"a\": 1}]}");
        assertThat(renderer.render(List.of(message), TemplateArguments.NONE, true)
                        .text())
                .isEqualTo("text");
        assertThat(seen.get())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "bos_token",
                        "<s>",
                        "tools",
                        NONE,
                        "documents",
                        NONE,
                        "add_generation_prompt",
                        true,
                        "messages",
                        List.of(Map.of(
                                "role",
                                "user",
                                "content",
                                NONE,
                                "n",
                                3L,
                                "x",
                                1.5,
                                "b",
                                true,
                                "l",
                                List.of(Map.of("a", 1L))))));
    }
}
