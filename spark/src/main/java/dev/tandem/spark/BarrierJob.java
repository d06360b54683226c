package dev.tandem.spark;

import dev.tandem.UserException;
import dev.tandem.spark.rank.RankOutcome;
import dev.tandem.spark.rank.RankPlan;
import dev.tandem.spark.rank.RankTask;
import dev.tandem.spark.report.ReportServer;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction0;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/** One attempt: a barrier job with one task per rank. */
final class BarrierJob {
    private static final long LOOK_MILLIS = 100;

    /** Time for the other ranks to notice that one is lost and to report it. */
    private static final Duration NOTICE = Duration.ofSeconds(10);

    /** Time for tasks to end after the job has ended: longer than a rank has to write a checkpoint. */
    private static final Duration MAX_LEFT_OVER = Duration.ofSeconds(90);

    /** Time without slots after which a message is printed; a cluster with free slots provides them sooner. */
    private static final Duration MAX_SILENCE = Duration.ofSeconds(20);

    private static final String NOT_ENOUGH_SLOTS = "SPARK-24819";

    private BarrierJob() {}

    /**
     * How an attempt ended.
     *
     * @param outcomes outcomes of the ranks whose tasks ended by themselves
     * @param lost descriptions of the tasks that did not
     * @param cancelled whether the job was cancelled or the driver is shutting down
     * @param problem the job's problem in Spark's words; empty if it had none
     */
    record End(List<RankOutcome> outcomes, List<String> lost, boolean cancelled, String problem) {

        /** Whether every rank succeeded. */
        boolean complete(int ranks) {
            return outcomes.size() == ranks && outcomes.stream().noneMatch(RankOutcome::failed);
        }

        /** Sorts ranks that failed before those that noticed it. */
        static int order(RankOutcome outcome) {
            return outcome.exitCode() == RankOutcome.LOST_ANOTHER ? 1 : 0;
        }
    }

    /**
     * Runs the attempt.
     *
     * @param stopRequested passed on to the ranks
     * @param lines receives a message when the job waits for the cluster
     */
    static End run(
            SparkContext spark,
            int ranks,
            RankPlan plan,
            ReportServer server,
            BooleanSupplier stopRequested,
            Consumer<String> lines) {
        var group = "tandem-" + UUID.randomUUID();
        var tasks = new RankTasks(group);
        spark.addSparkListener(tasks);
        spark.setJobGroup(group, "Tandem: " + ranks + " ranks, " + plan.output(), false);
        var outcomes = new ConcurrentLinkedQueue<RankOutcome>();
        try {
            var job = submit(spark, ranks, plan, outcomes);
            var waiting = new Waiting(ranks, tasks, lines);
            await(job, outcomes, waiting, server, stopRequested);
            tasks.awaitEnd(MAX_LEFT_OVER);
            return end(job, List.copyOf(outcomes), tasks);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            spark.cancelJobGroup(group);
            throw new CancellationException("training was interrupted");
        } finally {
            spark.clearJobGroup();
            spark.removeSparkListener(tasks);
        }
    }

    private static SimpleFutureAction<Object> submit(
            SparkContext spark, int ranks, RankPlan plan, ConcurrentLinkedQueue<RankOutcome> outcomes) {
        ClassTag<RankOutcome> type = ClassTag$.MODULE$.apply(RankOutcome.class);
        var numbers = IntStream.range(0, ranks).boxed().toList();
        RDD<Integer> rdd = JavaSparkContext.fromSparkContext(spark)
                .parallelize(numbers, ranks)
                .rdd();
        var results = rdd.barrier().mapPartitions(new RankTask(plan), false, type);
        var partitions = new ArrayList<Object>(numbers);
        return spark.submitJob(
                results,
                new Only(),
                CollectionConverters.asScala(partitions).toSeq(),
                new AbstractFunction2<Object, RankOutcome, BoxedUnit>() {
                    @Override
                    public BoxedUnit apply(Object partition, RankOutcome outcome) {
                        outcomes.add(outcome);
                        return BoxedUnit.UNIT;
                    }
                },
                new AbstractFunction0<Object>() {
                    @Override
                    public Object apply() {
                        return BoxedUnit.UNIT;
                    }
                });
    }

    /** Extracts the only result of a task. */
    private static final class Only extends AbstractFunction1<Iterator<RankOutcome>, RankOutcome>
            implements Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public RankOutcome apply(Iterator<RankOutcome> results) {
            return results.next();
        }
    }

    private static void await(
            SimpleFutureAction<Object> job,
            ConcurrentLinkedQueue<RankOutcome> outcomes,
            Waiting waiting,
            ReportServer server,
            BooleanSupplier stopRequested)
            throws InterruptedException {
        var asked = false;
        var failed = Long.MAX_VALUE;
        while (!job.isCompleted()) {
            if (!asked && stopRequested.getAsBoolean()) {
                asked = true;
                server.stop();
            }
            if (failed == Long.MAX_VALUE && outcomes.stream().anyMatch(RankOutcome::failed)) {
                failed = System.nanoTime();
            }
            if (failed != Long.MAX_VALUE && System.nanoTime() - failed > NOTICE.toNanos()) {
                // the others wait for it, or hang as well
                job.cancel();
            }
            waiting.look();
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** Reports once that the ranks cannot start yet. */
    private static final class Waiting {
        private final int ranks;
        private final RankTasks tasks;
        private final Consumer<String> lines;
        private final long until = System.nanoTime() + MAX_SILENCE.toNanos();
        private boolean said;

        Waiting(int ranks, RankTasks tasks, Consumer<String> lines) {
            this.ranks = ranks;
            this.tasks = tasks;
            this.lines = lines;
        }

        void look() {
            if (!said && !tasks.started() && System.nanoTime() > until) {
                said = true;
                lines.accept("Waiting for " + ranks
                        + " free task slots at the same time. Are there workers with that many cores?");
            }
        }
    }

    private static End end(SimpleFutureAction<Object> job, List<RankOutcome> outcomes, RankTasks tasks) {
        var value = job.value().get();
        if (value.isSuccess()) {
            return new End(outcomes, List.of(), false, "");
        }
        var problem = String.valueOf(value.failed().get().getMessage());
        if (problem.contains(NOT_ENOUGH_SLOTS)) {
            throw new UserException("The cluster does not have enough free task slots for all ranks at the same time ("
                    + firstLine(problem)
                    + "). Start more workers, give executors more cores, or train with fewer ranks.");
        }
        var cancelled = outcomes.stream().noneMatch(RankOutcome::failed)
                && tasks.lost().isEmpty()
                && problem.contains("cancelled");
        return new End(outcomes, tasks.lost(), cancelled, firstLine(problem));
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }
}
