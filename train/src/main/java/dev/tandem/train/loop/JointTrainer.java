package dev.tandem.train.loop;

import dev.tandem.UserException;
import dev.tandem.math.Seeds;
import dev.tandem.method.Method;
import dev.tandem.method.StepPlan;
import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.ObjectiveWork;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.optimizer.AdamW;
import dev.tandem.train.optimizer.LearningRate;
import dev.tandem.train.policy.Policy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Trains one policy on several objectives. The one training loop of Tandem: a method says which objectives to step on,
 * each gives a loss and one weight per token, the policy turns the weights into gradients.
 */
public final class JointTrainer {
    private final Policy policy;
    private final List<ObjectiveTask> tasks;
    private final Method method;
    private final AdamW optimizer;
    private final LearningRate learningRate;
    private final Evaluator evaluator;
    private final TrainerSettings settings;
    private final TrainingListener listener;

    private final SkippedSteps skipped;

    private int step;
    /** False for a run that an earlier version began, which had one schedule over all stages. */
    private boolean stagedSchedule = true;

    private long tokens;
    private double seconds;
    private Optional<Map<String, ObjectiveWork>> work = Optional.of(new LinkedHashMap<>());
    private Optional<EvaluationEvent> first = Optional.empty();
    private Optional<EvaluationEvent> last = Optional.empty();

    /**
     * @param tasks objectives in training, in the order the method numbers them
     * @param method which of them to step on
     * @param settings length, evaluation, checkpoints, seed
     * @param listener receives every step and evaluation
     */
    public JointTrainer(
            Policy policy,
            List<ObjectiveTask> tasks,
            Method method,
            AdamW optimizer,
            LearningRate learningRate,
            TrainerSettings settings,
            TrainingListener listener) {
        this.policy = policy;
        this.tasks = List.copyOf(tasks);
        this.method = method;
        this.optimizer = optimizer;
        this.learningRate = learningRate;
        this.evaluator = new Evaluator(policy, tasks, settings.evalBatchSize());
        this.settings = settings;
        this.listener = listener;
        this.skipped = new SkippedSteps(settings.maxSkipped());
    }

    /**
     * Trains until the last step, an early stop, or a request to stop.
     *
     * @param stopRequested asked after every step; a checkpoint is written before training stops for it
     * @throws UserException if too many steps in a row have a loss or gradient that is not finite
     */
    public TrainingResult run(BooleanSupplier stopRequested) {
        if (step == 0) {
            evaluate();
            first = last;
        }
        // a resumed run makes up for an evaluation that it was stopped before
        var stop = evaluateIfDue();
        while (stop.isEmpty() && step < settings.steps()) {
            trainStep();
            if (policy.ranks().anyRank(stopRequested.getAsBoolean())) {
                settings.checkpoint().accept(state());
                return result(TrainingResult.Reason.INTERRUPTED, "it was asked to stop");
            }
            stop = evaluateIfDue();
            // if a step cannot be trained, the cause may be older: the last checkpoint stays one from before
            if (stop.isEmpty() && due(settings.checkpointEvery()) && !skipped.now()) {
                settings.checkpoint().accept(state());
            }
        }
        if (stop.isPresent()) {
            return result(TrainingResult.Reason.EARLY_STOP, stop.get());
        }
        evaluate();
        return result(TrainingResult.Reason.COMPLETED, "all steps are done");
    }

    /** One step: choose, forward and backward, clip, update, observe, report. */
    private void trainStep() {
        var start = System.nanoTime();
        try (var batches = new StepBatches(policy, tasks, this::dropoutSeed)) {
            step(batches, start);
        }
    }

    private void step(StepBatches batches, long start) {
        var plan = checked(method.plan(step, batches));
        if (plan.resetOptimizer()) {
            optimizer.reset();
        }
        policy.parameters().zeroGradient();
        var losses = plan.combiner().isEmpty() ? losses(plan, batches) : combined(plan, batches);
        policy.awaitGradients();
        var gradNorm = optimizer.clipGradient();
        var notFinite = skipped.count(names(plan), losses, gradNorm);
        if (notFinite.isPresent()) {
            skip(plan, batches, notFinite.get());
        } else {
            optimizer.step(rate(plan));
            policy.allGatherUpdates();
            method.observe(plan, values(method.observesAfterStep() ? after(plan, batches) : losses));
        }
        var elapsed = (System.nanoTime() - start) * 1e-9;
        report(plan, losses, gradNorm, elapsed);
        step++;
    }

    private double rate(StepPlan plan) {
        return plan.stage()
                .filter(stage -> stagedSchedule)
                .map(stage -> learningRate.over(stage.steps()).at(step - stage.begin()))
                .orElseGet(() -> learningRate.at(step));
    }

    private static List<BatchLoss> losses(StepPlan plan, StepBatches batches) {
        var losses = new ArrayList<BatchLoss>();
        for (var term : plan.terms()) {
            var last = losses.size() == plan.terms().size() - 1;
            losses.add(batches.step(term.objective(), term.weight(), last));
        }
        return losses;
    }

    /** The gradient of each term by itself, and then the combination of them. */
    private List<BatchLoss> combined(StepPlan plan, StepBatches batches) {
        try (var gradients = policy.objectiveGradients(plan.terms().size())) {
            var losses = new ArrayList<BatchLoss>();
            for (var term : plan.terms()) {
                losses.add(batches.step(term.objective(), 1.0, true));
                policy.awaitGradients();
                gradients.keep(losses.size() - 1);
            }
            gradients.combine(plan.combiner().orElseThrow(), values(losses));
            return losses;
        }
    }

    private static List<BatchLoss> after(StepPlan plan, StepBatches batches) {
        return plan.terms().stream()
                .map(term -> batches.lossOfTaken(term.objective()))
                .toList();
    }

    private static double[] values(List<BatchLoss> losses) {
        return losses.stream().mapToDouble(BatchLoss::loss).toArray();
    }

    /** Checks what a program's own method plans. */
    private StepPlan checked(StepPlan plan) {
        for (var term : plan.terms()) {
            if (term.objective() < 0 || term.objective() >= tasks.size()) {
                throw new IllegalStateException(
                        "Step " + step + ": " + method.getClass().getName()
                                + " plans objective " + term.objective() + ", but there are " + tasks.size()
                                + ", counted from 0");
            }
        }
        return plan;
    }

    private long dropoutSeed(int objective) {
        return Seeds.of(settings.seed(), "dropout", step, objective);
    }

    private void report(StepPlan plan, List<BatchLoss> losses, double gradNorm, double elapsed) {
        var event = StepReport.of(step, tasks, plan, losses, gradNorm, rate(plan), elapsed, skipped.now());
        tokens += event.tokens();
        seconds += elapsed;
        work.ifPresent(all -> {
            var names = names(plan);
            for (var i = 0; i < losses.size(); i++) {
                var own = losses.get(i).tokens();
                var part = elapsed * own / Math.max(1, event.tokens());
                var before = all.getOrDefault(names.get(i), ObjectiveWork.NONE);
                all.put(names.get(i), before.plus(own, part));
            }
        });
        listener.onStep(event);
    }

    /** Why the run may end now, if an evaluation is due and meets the rule. */
    private Optional<String> evaluateIfDue() {
        if (step == 0 || !due(settings.evaluateEvery()) || evaluated()) {
            return Optional.empty();
        }
        evaluate();
        return last.flatMap(settings.earlyStop());
    }

    /** Evaluates, unless that was done after this very step. */
    private void evaluate() {
        if (!evaluated()) {
            last = evaluator.evaluate(step);
            last.ifPresent(listener::onEvaluation);
        }
    }

    private boolean evaluated() {
        return state().evaluated();
    }

    private boolean due(int every) {
        return every > 0 && step % every == 0;
    }

    private void skip(StepPlan plan, StepBatches batches, String what) {
        var objectives = plan.terms().stream().map(StepPlan.Term::objective).toList();
        listener.onMessage(skipped.message(
                step,
                what,
                () -> NonFiniteExamples.describe(
                        policy,
                        objectives.stream().map(tasks::get).toList(),
                        objectives.stream()
                                .flatMap(objective -> batches.taken(objective).stream())
                                .toList()),
                settings.lastCheckpoint()));
    }

    private List<String> names(StepPlan plan) {
        return plan.terms().stream()
                .map(term -> tasks.get(term.objective()).name())
                .toList();
    }

    private TrainingResult result(TrainingResult.Reason reason, String why) {
        return new TrainingResult(reason, why, step, skipped.total(), first, last, tokens, seconds, copyOfWork());
    }

    /** The state of training, without tensors. */
    public TrainingState state() {
        return new TrainingState(
                step,
                method.state(),
                StreamPositions.states(tasks),
                first,
                last,
                tokens,
                seconds,
                skipped.total(),
                skipped.inARow(),
                copyOfWork(),
                stagedSchedule);
    }

    private Optional<Map<String, ObjectiveWork>> copyOfWork() {
        return work.map(LinkedHashMap::new);
    }

    /** Returns to where {@code state} was taken; the tensors must have been put back already. */
    public void restore(TrainingState state) {
        step = state.step();
        tokens = state.tokens();
        seconds = state.seconds();
        work = state.work().map(LinkedHashMap::new);
        stagedSchedule = state.stagedSchedule();
        first = state.first();
        last = state.last();
        skipped.restore(state.skipped(), state.skippedInARow());
        method.restore(state.method());
        StreamPositions.restore(tasks, state.streams());
    }
}
