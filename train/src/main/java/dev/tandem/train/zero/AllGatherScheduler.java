package dev.tandem.train.zero;

import dev.tandem.tensor.flat.FlatParameters;
import dev.tandem.tensor.flat.ShardedParameters;
import dev.tandem.train.zero.UnitSchedule.Gather;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.IntConsumer;

/** Gathers the parameters of units, one unit after the other, in the order in which a schedule gives them. */
final class AllGatherScheduler implements AutoCloseable {
    private final CommunicationThread line;
    private final FlatParameters trained;
    private final Optional<ShardedParameters> frozen;
    private final CommunicationStats traffic;
    private final IntConsumer arrived;

    /**
     * @param frozen parameters that are split and not trained; absent: there are none
     * @param arrived called with the position of a gather that has ended, on the communication thread
     */
    AllGatherScheduler(
            CommunicationThread line,
            FlatParameters trained,
            Optional<ShardedParameters> frozen,
            CommunicationStats traffic,
            IntConsumer arrived) {
        this.line = line;
        this.trained = trained;
        this.frozen = frozen;
        this.traffic = traffic;
        this.arrived = arrived;
    }

    /** Gathers after all gathers that were started before. */
    void start(Gather gather) {
        var missing = new ArrayList<ShardedParameters>();
        if (gather.frozen()) {
            missing.add(frozen.orElseThrow());
        }
        if (gather.trained()) {
            missing.add(trained);
        }
        line.next(ranks -> {
            for (var parameters : missing) {
                var whole = parameters.gathered(gather.unit());
                ranks.allGather(parameters.shard(gather.unit()), whole);
                traffic.gathered(whole.nbytes(), ranks.size());
            }
            arrived.accept(gather.position());
        });
    }

    double seconds() {
        return line.seconds();
    }

    @Override
    public void close() {
        line.close();
    }
}
