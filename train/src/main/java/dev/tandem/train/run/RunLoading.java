package dev.tandem.train.run;

import dev.tandem.concurrent.ParallelTasks;
import dev.tandem.distributed.Collective;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.policy.Policy;
import dev.tandem.train.policy.PolicyFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Device;

/**
 * Loads a run's policy while its data is read and tokenised on another thread.
 *
 * @param recipe the run's
 * @param device of the policy
 * @param ranks that train together: they tokenise once for all
 */
record RunLoading(Recipe recipe, Device device, Collective ranks) {
    /** How often the other ranks are checked while this one waits for its data. */
    private static final Duration INTERVAL = Duration.ofMillis(500);

    /**
     * A policy and its data.
     *
     * @param policy to be closed by the caller
     * @param messages about the data, in the recipe's order
     */
    record Loaded(Policy policy, RunData data, List<String> messages) {
        Loaded {
            messages = List.copyOf(messages);
        }
    }

    /**
     * Loads both.
     *
     * @throws dev.tandem.UserException if either is unusable; if both are, the exception is about the data
     * @throws dev.tandem.distributed.RankLostException if another rank is lost in the meantime
     */
    Loaded load() {
        var messages = new ArrayList<String>();
        var data = ParallelTasks.start("data", () -> RunData.load(recipe, cache(), messages::add));
        Policy policy;
        try {
            policy = new PolicyFactory(recipe, device, ranks).create();
        } catch (RuntimeException | Error e) {
            await(data);
            throw e;
        }
        try {
            var loaded = await(data);
            ranks.reportActivity("at its preparations");
            return new Loaded(policy, loaded, messages);
        } catch (RuntimeException | Error e) {
            policy.close();
            throw e;
        }
    }

    /** Where tokenised data is kept: ranks make it once for all of them, and each holds in memory only what it reads. */
    private Optional<Path> cache() {
        return recipe.cache()
                .or(() -> Optional.of(new RunDirectory(recipe.output()).ranksCache())
                        .filter(folder -> ranks.size() > 1));
    }

    /** Waits for the data and checks the other ranks in the meantime, since one of them may be the one that tokenises. */
    private RunData await(ParallelTasks.BackgroundTask<RunData> data) {
        while (!data.awaitFor(INTERVAL)) {
            ranks.requirePeersAlive();
        }
        return data.get();
    }
}
