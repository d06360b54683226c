package dev.tandem.fuzz;

import dev.tandem.UserException;
import dev.tandem.jinja.ChatTemplate;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** Any text is either a chat template that renders equally twice, or is refused. */
public final class TemplateFuzz {
    private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    private static final Map<String, Object> VARIABLES = Map.of(
            "messages",
            List.of(
                    Map.of("role", "system", "content", "Be kind."),
                    Map.of("role", "user", "content", "Hello <b>you</b>"),
                    Map.of("role", "assistant", "content", "Hi", "tool_calls", List.of(Map.of("name", "f", "n", 1L)))),
            "tools",
            List.of(Map.of("type", "function", "function", Map.of("name", "f", "x", 1.5))),
            "bos_token",
            "<s>",
            "eos_token",
            "</s>",
            "add_generation_prompt",
            true);

    private TemplateFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        ChatTemplate template;
        try {
            template = ChatTemplate.compile(new String(input, StandardCharsets.UTF_8), "fuzz");
        } catch (UserException e) {
            return;
        }
        try {
            var once = template.render(VARIABLES, CLOCK);
            if (!once.equals(template.render(VARIABLES, CLOCK))) {
                throw new AssertionError("rendered twice, it differs");
            }
        } catch (UserException e) {
            return; // the template requests something impossible, or takes too long
        }
    }
}
