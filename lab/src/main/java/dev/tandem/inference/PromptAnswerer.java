package dev.tandem.inference;

import dev.tandem.data.format.ConversationFormat;
import dev.tandem.data.format.PromptEncoder;
import dev.tandem.data.format.SftFormat;
import dev.tandem.data.rows.Row;
import dev.tandem.model.generation.BatchGenerator;
import dev.tandem.model.generation.TextModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers questions of a program, many at the same time. {@link FileGeneration} answers those of a file, and
 * {@link ChatSession} those of a conversation.
 *
 * <p>Not thread-safe. Does not own the model.
 */
public final class PromptAnswerer {
    private final TextModel model;
    private final GenerationSettings settings;
    private final Optional<String> template;
    private final PromptEncoder encoder;

    /**
     * Answers by a model.
     *
     * @param model must stay open
     * @param settings how texts are made, and how many at the same time
     * @param template around a question, {@code {}} in its place; absent: the model's chat template
     * @throws dev.tandem.UserException if there is no template and the model has no chat template
     */
    public PromptAnswerer(TextModel model, GenerationSettings settings, Optional<String> template) {
        this.model = model;
        this.settings = settings;
        this.template = template;
        this.encoder = PromptEncoder.of(
                template.isPresent() ? new SftFormat() : new ConversationFormat(),
                template,
                Map.of(),
                model.tokenizer(),
                model.model().spec().vocabSize());
    }

    /**
     * Answers questions. Each has draws of its own: the answer does not depend on what is asked beside it.
     *
     * @param questions in any number
     * @return the answer of each, in their order
     * @throws dev.tandem.UserException if a question is empty, or the chat template refuses it
     */
    public List<Answer> answer(List<String> questions) {
        var prompts = IntStream.range(0, questions.size())
                .mapToObj(i -> encoder.encode(new Row("question " + (i + 1), row(questions.get(i)))))
                .toList();
        var answers = new Answer[prompts.size()];
        try (var batch = new BatchGenerator(model.model(), settings.atOnce())) {
            for (var i = 0; i < answers.length; i++) {
                var index = i;
                var spaces = AnswerListener.spacesAtEnd(template.orElse(""));
                batch.add(settings.continuation(
                        model,
                        index,
                        prompts.get(i),
                        new AnswerListener(
                                model.tokenizer(),
                                settings.stops(),
                                template.isPresent() ? prompts.get(i) : new int[0],
                                spaces,
                                piece -> {},
                                () -> false,
                                answer -> answers[index] = answer)));
            }
            batch.run();
        }
        return new ArrayList<>(Arrays.asList(answers));
    }

    private ObjectNode row(String question) {
        var row = JsonMapper.shared().createObjectNode();
        if (template.isPresent()) {
            return row.put("prompt", question);
        }
        row.putArray("messages").addObject().put("role", "user").put("content", question);
        return row;
    }
}
