package dev.tandem.train.run;

import dev.tandem.distributed.Collective;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;

/** Reports to the other ranks what this one does, so that they can say which rank they wait for. */
record ActivityReporter(Collective ranks) implements TrainingListener {
    @Override
    public void onStep(StepEvent event) {
        // events count from 0, and the next step is the one it may be stuck in
        ranks.reportActivity("in step " + (event.step() + 2));
    }

    @Override
    public void onProgress(String what, long done, long total) {
        ranks.reportActivity("at " + what);
    }
}
