package dev.tandem.cli.plan;

import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.options.HubPaths;
import dev.tandem.cli.options.OptionRange;
import dev.tandem.cli.options.RecipeOptions;
import dev.tandem.hub.HubAddress;
import dev.tandem.plan.Plan;
import dev.tandem.plan.PlannedRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem plan}: what a recipe will need and take on many ranks, without running anything. */
@Command(
        name = "plan",
        description =
                "Tells what a recipe needs on one rank or many: memory, bytes sent, seconds of a step, at every stage of"
                        + " sharding.",
        footer = {"", "Of the model only config.json is read, of the data nothing. See docs/plan.md."})
public final class PlanCommand implements Callable<Integer> {
    private static final int MAX_RANKS = 1 << 20;
    private static final String CONFIG = "config.json";

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private RecipeOptions recipeOptions = new RecipeOptions();

    @Mixin
    private ClusterOptions machines = new ClusterOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--ranks",
            paramLabel = "N",
            split = ",",
            defaultValue = "1,2,4,8,16,32,64",
            description = "Numbers of ranks (default: ${DEFAULT-VALUE}).")
    private List<Integer> ranks = new ArrayList<>();

    @Option(
            names = "--tokens",
            paramLabel = "T",
            description = "Tokens of a step on all ranks together. Default: those of full batches of max-length.")
    private Optional<Integer> tokens = Optional.empty();

    @Option(
            names = "--examples-per-rank",
            paramLabel = "E",
            description =
                    "Most examples in a rank's model at a time. Default: the recipe's micro-batch divided among the ranks.")
    private Optional<Integer> examplesPerRank = Optional.empty();

    @Option(names = "--json", description = "Print one JSON object instead of tables.")
    private boolean json;

    @Override
    public Integer call() {
        ranks.forEach(n -> OptionRange.checked("--ranks", n, 1, MAX_RANKS));
        var out = Objects.requireNonNull(spec).commandLine().getOut();
        var recipe = located(RecipeReader.read(recipeOptions.file(), recipeOptions.overrides()));
        var ofStep = tokens.map(t -> OptionalLong.of(OptionRange.checked("--tokens", t, 1, Integer.MAX_VALUE)))
                .orElseGet(OptionalLong::empty);
        var run = PlannedRecipe.of(recipe, PlannedRecipe.namesGpu(recipe), ofStep);
        var atOnce = examplesPerRank
                .map(n -> OptionalInt.of(OptionRange.checked("--examples-per-rank", n, 1, MAX_RANKS)))
                .orElseGet(OptionalInt::empty);
        var plan = Plan.of(run, machines.cluster(recipe), ranks, atOnce);
        if (json) {
            out.println(PlanJson.of(plan));
        } else {
            PlanText.lines(plan, ofStep.isPresent()).forEach(out::println);
        }
        out.flush();
        return 0;
    }

    /** The recipe with the model's config and its initial adapter on this machine; nothing else is fetched. */
    private Recipe located(Recipe recipe) {
        var hub = new HubPaths(Objects.requireNonNull(spec).commandLine().getOut(), common.quiet() || json);
        var model = HubAddress.of(recipe.model())
                .filter(address -> address.file().isEmpty())
                .map(address -> hub.fetch(HubAddress.parse(address + "/" + CONFIG))
                        .path()
                        .resolveSibling(""))
                .orElseGet(() -> hub.local(recipe.model()));
        return recipe.withModel(model)
                .withLora(recipe.lora()
                        .map(l -> l.initFrom()
                                .map(hub::local)
                                .map(l::startingFrom)
                                .orElse(l)));
    }
}
