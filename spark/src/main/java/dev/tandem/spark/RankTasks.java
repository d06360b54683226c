package dev.tandem.spark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/** Tracks which tasks of a job run and which were lost: a failed job ends before its tasks do. */
final class RankTasks extends SparkListener {
    private static final String GROUP = "spark.jobGroup.id";

    private final String group;
    private final Set<Integer> stages = new HashSet<>();
    private final Set<Long> running = new HashSet<>();
    private final List<String> lost = new ArrayList<>();
    private boolean started;

    /** @param group the group of the job */
    RankTasks(String group) {
        this.group = group;
    }

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted stage) {
        if (stage.properties() != null && group.equals(stage.properties().getProperty(GROUP))) {
            stages.add(stage.stageInfo().stageId());
        }
    }

    @Override
    public synchronized void onTaskStart(SparkListenerTaskStart task) {
        if (stages.contains(task.stageId())) {
            running.add(task.taskInfo().taskId());
            started = true;
        }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
        if (!stages.contains(task.stageId())) {
            return;
        }
        running.remove(task.taskInfo().taskId());
        if (task.reason() instanceof TaskFailedReason reason && !(reason instanceof TaskKilled)) {
            lost.add("rank " + task.taskInfo().index() + " on "
                    + task.taskInfo().host() + " was lost: " + words(reason));
        }
        notifyAll();
    }

    private static String words(TaskFailedReason reason) {
        var text = reason instanceof ExecutorLostFailure executor
                        && executor.reason().isDefined()
                ? executor.reason().get()
                : reason.toErrorString();
        return text.lines().findFirst().orElse(text);
    }

    /** Whether a task has started. */
    synchronized boolean started() {
        return started;
    }

    /** Descriptions of the tasks that were lost or failed. */
    synchronized List<String> lost() {
        return List.copyOf(lost);
    }

    /** Waits until no task runs any more. A remaining rank would hold its slot and the run's folder. */
    synchronized void awaitEnd(Duration most) throws InterruptedException {
        var until = System.nanoTime() + most.toNanos();
        while (!running.isEmpty() && System.nanoTime() < until) {
            wait(Math.max(1, (until - System.nanoTime()) / 1_000_000));
        }
    }
}
