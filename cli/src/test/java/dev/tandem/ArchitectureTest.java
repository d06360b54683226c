package dev.tandem;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysFalse;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.stream.Stream;

/** The rules of the house: data flows one way, and only the engine's layers know libtorch. */
@AnalyzeClasses(
        packages = "dev.tandem",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NothingForTests.class})
class ArchitectureTest {
    /** Trackers, the events they record and the files they write: pure, and named by recipes. */
    private static final DescribedPredicate<JavaClass> RECORDS = describe(
            "trackers and what they record",
            type -> type.getName()
                    .matches("dev\\.tandem\\.train\\.(Tracker.*|JsonLinesTracker.*|TensorBoard.*|Metric.*"
                            + "|TrainingListener|StepEvent|EvaluationEvent|ProcessMemory|OnWriteFailure|WriteFailures)"));

    /** Leaves out the module that is for tests alone. */
    static final class NothingForTests implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/testing/") && !location.contains("/tandem-testing");
        }
    }

    @ArchTest
    static final ArchRule TEXT = classes()
            .that()
            .resideInAPackage("dev.tandem.text..")
            .should()
            .onlyDependOnClassesThat(not(resideInAPackage("dev.tandem..")).or(resideInAPackage("dev.tandem.text..")))
            .because("every exception uses it");

    @ArchTest
    static final ArchRule IO = layer("io");

    @ArchTest
    static final ArchRule HTTP = layer("http");

    @ArchTest
    static final ArchRule MATH = layer("math");

    @ArchTest
    static final ArchRule HUB = layer("hub", "http");

    @ArchTest
    static final ArchRule YAML = layer("yaml", "hub");

    @ArchTest
    static final ArchRule RECIPE = layer("recipe", RECORDS, "hub", "yaml", "data", "objective", "method");

    @ArchTest
    static final ArchRule RECORDED = classes()
            .that(RECORDS)
            .should()
            .onlyDependOnClassesThat(not(resideInAPackage("dev.tandem.."))
                    .or(resideInAnyPackage("dev.tandem", "dev.tandem.io", "dev.tandem.yaml"))
                    .or(RECORDS))
            .because("a recipe names its trackers, so they are below it");

    @ArchTest
    static final ArchRule DATA = layer("data", "yaml");

    @ArchTest
    static final ArchRule TENSOR = layer("tensor");

    @ArchTest
    static final ArchRule OBJECTIVE = layer("objective", "data", "yaml");

    @ArchTest
    static final ArchRule METHOD = layer("method", "yaml");

    @ArchTest
    static final ArchRule MODEL = layer("model", "tensor", "data");

    @ArchTest
    static final ArchRule DISTRIBUTED = layer("distributed", "tensor");

    @ArchTest
    static final ArchRule TRAIN =
            layer("train", "yaml", "recipe", "data", "tensor", "distributed", "model", "objective", "method");

    @ArchTest
    static final ArchRule EVAL =
            layer("eval", "http", "math", "recipe", "data", "tensor", "model", "objective", "train");

    @ArchTest
    static final ArchRule SERVE = layer("serve", "data", "model", "eval");

    @ArchTest
    static final ArchRule EXPERIMENT =
            layer("experiment", "math", "recipe", "data", "model", "objective", "method", "train", "eval");

    @ArchTest
    static final ArchRule LIBTORCH = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.tandem.tensor..", "dev.tandem.distributed..", "dev.tandem.model..", "dev.tandem.train..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..")
            .because("tensors stay where their memory is owned");

    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching("dev.tandem.(*)..")
            .should()
            .beFreeOfCycles()
            .ignoreDependency(resideInAPackage("dev.tandem.recipe"), RECORDS);

    @ArchTest
    static final ArchRule NO_CONSOLE = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    @ArchTest
    static final ArchRule NO_COMMAND_LINE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("picocli..", "me.tongfei..", "org.knowm..")
            .because("programs embed the core without the command line");

    @ArchTest
    static final ArchRule NAMED_RANDOMNESS = noClasses()
            .should()
            .callMethod(Math.class, "random")
            .orShould()
            .callConstructor(java.util.Random.class)
            .orShould()
            .callConstructor(java.util.SplittableRandom.class)
            .because("every source of randomness is seeded");

    private static ArchRule layer(String name, String... below) {
        return layer(name, alwaysFalse(), below);
    }

    /** A layer may use itself, the foundation, the layers named, and whatever is not ours. */
    private static ArchRule layer(String name, DescribedPredicate<JavaClass> besides, String... below) {
        var allowed = Stream.concat(Stream.of(name, "text", "io"), Arrays.stream(below))
                .map(layer -> "dev.tandem." + layer + "..")
                .toArray(String[]::new);
        DescribedPredicate<JavaClass> others =
                not(resideInAPackage("dev.tandem..")).or(besides);
        return classes()
                .that()
                .resideInAPackage("dev.tandem." + name + "..")
                .should()
                .onlyDependOnClassesThat(
                        others.or(resideInAPackage("dev.tandem")).or(resideInAnyPackage(allowed)));
    }
}
