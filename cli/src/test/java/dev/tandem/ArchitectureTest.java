package dev.tandem;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The layers of Tandem: no package depends on one above it or, indirectly, on itself, and few know libtorch. */
@AnalyzeClasses(
        packages = "dev.tandem",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {

    /** A full build has the tests of the other modules in jars, where {@code DoNotIncludeTests} does not know them. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    /**
     * A room, or a room with all below it ({@code ..}), and what it may use besides itself. {@code _} is the root package. The
     * order is that of the layers: a room uses only what is listed before it.
     */
    private static final List<String> LAYERS = List.of(
            "text:",
            "_: text",
            "io: _ text",
            "concurrent: _ text",
            "math: _ text",
            "http: _ text",
            "jinja..: _ text",
            "hub: _ text io http",
            "yaml: _ text io hub",
            "data..: _ text io concurrent math hub yaml jinja..",
            "tensor..: _ text io concurrent",
            "distributed: _ text io concurrent tensor..",
            "model..: _ text io concurrent math data.. tensor..",
            "objective..: _ text math yaml data data.example",
            "method..: _ text math yaml",
            "train.event: _ text",
            "train.track: _ text io yaml tensor.machine train.event",
            "recipe: _ text io math hub yaml data.. objective.. method.. train.event train.track",
            "train..: _ text io concurrent math hub yaml data.. tensor.. distributed model.. objective.. method.. recipe",
            "plan: _ text io math data.. model.. distributed tensor.. objective.. method.. recipe train..",
            "bench..: _ text io math concurrent yaml data.. tensor.. model.. distributed objective.. method.. recipe train..",
            "inference: _ text io math yaml data.. tensor.. model.. objective.. recipe train..",
            "eval..: _ text io concurrent math http yaml data.. tensor.. model.. objective.. recipe train.. inference",
            "serve: _ text io concurrent data.. model.. inference",
            "experiment..: _ text io concurrent math http yaml data.. tensor.machine model.. objective.. method.. recipe train.. bench.. plan"
                    + " inference eval..",
            "cli..: _ text io concurrent math http hub yaml data.. distributed model.. objective.. method.. recipe train.. plan"
                    + " bench.. inference eval.. serve experiment..");

    /** Tensors stay in the packages that own their memory. */
    private static final String[] LIBTORCH_ROOMS = packages(
            "tensor.. distributed model.. bench.. train.optimizer train.zero train.policy train.reference train.checkpoint"
                    + " train.run train.export");

    /** Packages without libtorch inside rooms that have it. */
    private static final String[] WITHOUT_LIBTORCH = packages("model.config model.family");

    @ArchTest
    static void roomsUseOnlyWhatIsBelowThem(JavaClasses all) {
        for (var line : LAYERS) {
            var name = line.substring(0, line.indexOf(':'));
            var allowed =
                    packages(name + " " + line.substring(line.indexOf(':') + 1).strip());
            classes()
                    .that()
                    .resideInAnyPackage(packages(name))
                    .should()
                    .onlyDependOnClassesThat(
                            not(resideInAPackage("dev.tandem..")).or(resideInAnyPackage(allowed)))
                    .as("room " + name)
                    .check(all);
        }
    }

    @ArchTest
    static void everyRoomHasALayer(JavaClasses all) {
        var known = LAYERS.stream().flatMap(line -> Stream.of(packages(line.substring(0, line.indexOf(':')))));
        classes()
                .that()
                .resideOutsideOfPackage("dev.tandem.testing..")
                .should()
                .resideInAnyPackage(known.toArray(String[]::new))
                .check(all);
    }

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("dev.tandem.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule LIBTORCH = noClasses()
            .that()
            .resideOutsideOfPackages(LIBTORCH_ROOMS)
            .or()
            .resideInAnyPackage(WITHOUT_LIBTORCH)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..")
            .because("tensors stay where their memory is owned");

    @ArchTest
    static final ArchRule NO_CONSOLE = noClasses()
            .that()
            .resideOutsideOfPackage("dev.tandem.cli..")
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule NO_COMMAND_LINE = noClasses()
            .that()
            .resideOutsideOfPackage("dev.tandem.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("picocli..", "me.tongfei..", "org.knowm..", "io.netty..")
            .because("programs embed Tandem without the command line");

    @ArchTest
    static final ArchRule NAMED_RANDOMNESS = noClasses()
            .should()
            .callMethod(Math.class, "random")
            .orShould()
            .callConstructor(java.util.Random.class)
            .orShould()
            .callConstructor(java.util.SplittableRandom.class)
            .because("every source of randomness is seeded");

    private static String[] packages(String names) {
        var result = new ArrayList<String>();
        for (var name : names.strip().split(" +")) {
            result.add(name.equals("_") ? "dev.tandem" : "dev.tandem." + name);
        }
        return result.toArray(String[]::new);
    }
}
