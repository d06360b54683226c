package dev.tandem.plan;

import dev.tandem.recipe.ZeroStage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Changes that would make a run fit. */
public final class Remedies {
    private static final int ADAPTER_RANK = 16;
    private static final int MAX_RANKS = 1 << 16;

    private final Plan plan;
    private final PlanInput run;
    private final int ranks;

    private Remedies(Plan plan, int ranks) {
        this.plan = plan;
        this.run = plan.run();
        this.ranks = ranks;
    }

    /**
     * A change that would help.
     *
     * @param settings changes of the recipe, or a number of ranks; it takes all of them
     * @param stage the lowest that fits then
     */
    public record Help(List<String> settings, ZeroStage stage) {
        public Help {
            settings = List.copyOf(settings);
        }
    }

    private record Remedy(String text, UnaryOperator<PlanInput> change) {}

    /**
     * Changes that make a plan's run fit.
     *
     * @param ranks it is to run on, unless more would help
     * @return empty if nothing does
     */
    public static List<Help> of(Plan plan, int ranks) {
        return new Remedies(plan, ranks).helps();
    }

    private List<Help> helps() {
        var helps = new ArrayList<Help>();
        var remedies = remedies();
        for (var remedy : remedies) {
            lowest(remedy.change().apply(run), ranks)
                    .ifPresent(stage -> helps.add(new Help(List.of(remedy.text()), stage)));
        }
        helps.addAll(moreRanks());
        if (helps.isEmpty()) {
            var all =
                    remedies.stream().reduce(run, (r, remedy) -> remedy.change().apply(r), (a, b) -> b);
            lowest(all, ranks)
                    .ifPresent(stage -> helps.add(
                            new Help(remedies.stream().map(Remedy::text).toList(), stage)));
        }
        return helps;
    }

    private List<Remedy> remedies() {
        var result = new ArrayList<Remedy>();
        if (!run.bf16()) {
            result.add(new Remedy("train.precision: bf16", PlanInput::inBf16));
        }
        // a micro-batch is divided among the ranks
        var atOnce = run.onRanks(ranks, plan.examplesPerRank()).objectives();
        if (atOnce.stream().anyMatch(batch -> batch.examplesPerPass() > ranks)) {
            result.add(new Remedy("micro-batch-size: " + ranks, r -> r.inPassesOf(ranks)));
        }
        if (run.lora().isEmpty()) {
            result.add(new Remedy("lora: {rank: " + ADAPTER_RANK + "}", r -> r.withAdapter(ADAPTER_RANK)));
        }
        return result;
    }

    private List<Help> moreRanks() {
        for (var more = 2L * ranks; more <= MAX_RANKS; more *= 2) {
            var stage = lowest(run, (int) more);
            if (stage.isPresent()) {
                return List.of(new Help(List.of(more + " ranks"), stage.get()));
            }
        }
        return List.of();
    }

    private Optional<ZeroStage> lowest(PlanInput changed, int count) {
        var model = new ScalingModel(changed.onRanks(count, plan.examplesPerRank()), plan.cluster());
        return Arrays.stream(ZeroStage.values())
                .filter(stage -> count > 1 || stage == ZeroStage.NOTHING)
                .filter(stage -> model.fits(stage, count))
                .findFirst();
    }
}
