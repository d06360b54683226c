package dev.tandem.experiment.demo.world;

import dev.tandem.data.bpe.BpeModel;
import dev.tandem.data.bpe.BpeTrainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A small world, generated from a seed: the same seed and sizes give the same bytes.
 *
 * <p>The instruction rows teach terse answers; the preference rows reward courtesy and refusals for the same kinds of
 * prompts (other instances). No prompt occurs in two of the four data sets, and no held-out or sample prompt occurs in
 * the corpus; the facts needed to answer held-out prompts are in the corpus.
 *
 * @param seed seed it was generated from
 * @param sizes amounts of everything
 * @param corpus documents to pre-train on
 * @param sftTrain instructions to train on
 * @param sftEval instructions held out
 * @param preferenceTrain pairs to train on
 * @param preferenceEval pairs held out
 * @param samplePrompts a few prompts for which answers are shown
 */
public record DemoWorld(
        long seed,
        Sizes sizes,
        List<String> corpus,
        List<InstructionRow> sftTrain,
        List<InstructionRow> sftEval,
        List<PreferenceRow> preferenceTrain,
        List<PreferenceRow> preferenceEval,
        List<SamplePrompt> samplePrompts) {
    /** The text around a prompt, in the corpus and in training; the space at its end begins the response. */
    public static final String PROMPT_TEMPLATE = "User: {}\nAssistant: ";

    /** Ends a document and a response; it is the first token of the vocabulary. */
    public static final String END_OF_TEXT = "<|endoftext|>";

    /** Pads a batch; it is the second token of the vocabulary. */
    public static final String PADDING = "<|padding|>";

    /** One of this many pairs is about a request to be refused. */
    private static final int UNSAFE_EVERY = 3;

    public DemoWorld {
        corpus = List.copyOf(corpus);
        sftTrain = List.copyOf(sftTrain);
        sftEval = List.copyOf(sftEval);
        preferenceTrain = List.copyOf(preferenceTrain);
        preferenceEval = List.copyOf(preferenceEval);
        samplePrompts = List.copyOf(samplePrompts);
    }

    /**
     * Generates the world.
     *
     * @throws dev.tandem.UserException if more rows are requested than the world has different prompts
     */
    public static DemoWorld generate(long seed, Sizes sizes) {
        var facts = Facts.draw(Draw.stream(seed, "facts"));
        var families = new ArrayList<>(jobs(facts));
        families.addAll(questions(facts));
        var samples = DemoPrompts.of(facts, Draw.stream(seed, "samples"));
        var shown = samples.stream().map(SamplePrompt::prompt).collect(Collectors.toSet());

        var unsafeTrain = sizes.preferenceTrain() / UNSAFE_EVERY;
        var unsafeEval = sizes.preferenceEval() / UNSAFE_EVERY;
        var ordinaryPairs = sizes.preferenceTrain() + sizes.preferenceEval() - unsafeTrain - unsafeEval;
        var instructed =
                new TaskSource(jobs(facts), Draw.stream(seed, "jobs"), shown).take(sizes.sftTrain() + sizes.sftEval());
        var asked = new TaskSource(questions(facts), Draw.stream(seed, "questions"), shown).take(ordinaryPairs);
        var unsafe = new TaskSource(List.of(new HowToTasks(facts)::bad), Draw.stream(seed, "unsafe"), shown)
                .take(unsafeTrain + unsafeEval);

        var sft = rows(instructed);
        var cut = sizes.preferenceTrain() - unsafeTrain;
        var pairs = pairs(seed, "train", asked.subList(0, cut), unsafe.subList(0, unsafeTrain));
        var heldOutPairs =
                pairs(seed, "eval", asked.subList(cut, asked.size()), unsafe.subList(unsafeTrain, unsafe.size()));
        var sftEval = sft.subList(sizes.sftTrain(), sft.size());

        var heldOut = heldOut(samples, sftEval, heldOutPairs);
        var corpus =
                new Corpus(facts, families, Draw.stream(seed, "corpus")).documents(sizes.corpusCharacters(), heldOut);
        return new DemoWorld(
                seed, sizes, corpus, sft.subList(0, sizes.sftTrain()), sftEval, pairs, heldOutPairs, samples);
    }

    /** Trains the world's tokenizer on its corpus. Deterministic; takes about a second. */
    public BpeModel trainTokenizer() {
        return BpeTrainer.train(corpus, sizes.vocabSize(), List.of(END_OF_TEXT, PADDING));
    }

    /**
     * Writes the corpus, the four data sets and the tokenizer into {@code folder}, under the names of {@link
     * WorldFiles}.
     *
     * @return the paths of all files
     * @throws dev.tandem.UserException if a file cannot be written
     */
    public WorldFiles write(Path folder) {
        return WorldFiles.write(this, folder);
    }

    /** The subjects of the instructions: numbers, words, stories, and how to do a deed. */
    private static List<TaskFamily> jobs(Facts facts) {
        var families = new ArrayList<TaskFamily>();
        families.addAll(NumberTasks.families());
        families.addAll(WordTasks.families());
        families.addAll(StoryTasks.families());
        // Twice: unsafe requests rely on obedience, so the instructions must teach it well.
        var howTo = new HowToTasks(facts);
        families.add(howTo::good);
        families.add(howTo::good);
        return families;
    }

    /** The subjects of the preferences: people, animals and countries. */
    private static List<TaskFamily> questions(Facts facts) {
        return new FactTasks(facts).families();
    }

    private static List<InstructionRow> rows(List<Task> tasks) {
        return tasks.stream()
                .map(task -> new InstructionRow(task.instruction(), task.input(), task.answer()))
                .toList();
    }

    private static List<PreferenceRow> pairs(long seed, String part, List<Task> ordinary, List<Task> unsafe) {
        var random = Draw.stream(seed, "preferences " + part);
        var pairs = new ArrayList<PreferenceRow>();
        ordinary.forEach(task -> pairs.add(Preferences.ordinary(task, random)));
        unsafe.forEach(task -> pairs.add(Preferences.unsafe(task, random)));
        return Draw.shuffled(pairs, random);
    }

    private static Set<String> heldOut(
            List<SamplePrompt> samples, List<InstructionRow> sftEval, List<PreferenceRow> preferenceEval) {
        var prompts = samples.stream().map(SamplePrompt::prompt).collect(Collectors.toSet());
        sftEval.forEach(row -> prompts.add(row.prompt()));
        preferenceEval.forEach(row -> prompts.add(row.prompt()));
        return prompts;
    }

    /** A row of format {@code alpaca}: an instruction, the input it applies to (may be empty), and the terse answer. */
    public record InstructionRow(String instruction, String input, String output) {

        /** Instruction and input as one prompt, as the preference rows write it (not rendered). */
        public String prompt() {
            return input.isEmpty() ? instruction : instruction + Task.SEPARATOR + input;
        }
    }

    /** A row of format {@code preference}: a prompt (not rendered), the answer preferred and the one rejected. */
    public record PreferenceRow(String prompt, String chosen, String rejected) {}

    /**
     * A prompt that shows a model's manners. It occurs in no data set of the world.
     *
     * @param prompt the prompt, not rendered
     * @param direct the answer that the instruction data teaches: terse (for an unsafe request: complying)
     * @param preferred an answer of the preferred kind: courteous (for an unsafe request: a refusal)
     * @param unsafe whether the preferences ask for a refusal
     */
    public record SamplePrompt(String prompt, String direct, String preferred, boolean unsafe) {}
}
