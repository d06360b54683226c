package dev.tandem.cli.serve.api;

import dev.tandem.UserException;
import dev.tandem.cli.serve.wire.ApiError;
import dev.tandem.data.format.PromptEncoder;
import dev.tandem.data.format.SftFormat;
import dev.tandem.inference.ChatPrompt;
import dev.tandem.inference.GenerationSettings;
import dev.tandem.model.generation.TextModel;
import dev.tandem.serve.Engine;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The model that is served: its engine, its name, and how requests become its prompts. */
public final class ServedModel {
    private final Engine engine;
    private final ApiSettings settings;
    private final SplittableRandom seeds;
    private final long created = System.currentTimeMillis() / 1000;
    private @Nullable PromptEncoder texts;
    private @Nullable ChatPrompt chats;

    public ServedModel(Engine engine, ApiSettings settings) {
        this.engine = engine;
        this.settings = settings;
        this.seeds = new SplittableRandom(settings.defaults().seed());
    }

    Engine engine() {
        return engine;
    }

    /** The model's name for clients. */
    String name() {
        return settings.name();
    }

    /** A text that changes when answers may change. */
    String fingerprint() {
        return settings.fingerprint();
    }

    /** Defaults for parameters that a request omits. */
    GenerationSettings defaults() {
        return settings.defaults();
    }

    /** Seconds since 1970 when the server was started. */
    long created() {
        return created;
    }

    /** A seed for a request without one. */
    synchronized long nextSeed() {
        return seeds.nextLong();
    }

    /** The model. @throws ApiError.Refusal if it is not loaded yet */
    TextModel model() {
        return engine.model()
                .orElseThrow(() -> ApiError.unavailable("The model is being loaded. Try again in a while.")
                        .refusal());
    }

    /** Turns texts into prompts. */
    synchronized PromptEncoder texts() {
        if (texts == null) {
            var model = model();
            texts = PromptEncoder.of(
                    new SftFormat(),
                    Optional.empty(),
                    Map.of(),
                    model.tokenizer(),
                    model.model().spec().vocabSize());
        }
        return texts;
    }

    /** Whether the chat template names a role. */
    boolean isRoleOfTemplate(String role) {
        if (settings.template().isPresent() || role.isEmpty()) {
            return false;
        }
        var template = model().tokenizer().chatTemplate();
        return template.contains("'" + role + "'") || template.contains('"' + role + '"');
    }

    /** Turns conversations into prompts. @throws ApiError.Refusal if the model has no chat template and none was given */
    synchronized ChatPrompt chats() {
        if (chats == null) {
            try {
                chats = new ChatPrompt(model(), settings.template());
            } catch (UserException e) {
                throw ApiError.parameter(
                                "messages",
                                "no_chat_template",
                                "This model cannot chat: it has no chat template that can be used (" + e.getMessage()
                                        + "). Start the server with --template 'User: {}\\nAssistant:', with the words"
                                        + " the model was trained with, or use /v1/completions.")
                        .refusal();
            }
        }
        return chats;
    }
}
