package dev.tandem.cli.report;

import dev.tandem.cli.chart.LossSpaceChart;
import java.util.List;
import java.util.Locale;

/**
 * The name and style of a method, which are the same in the page and in every figure.
 *
 * @param index which colour and figure it has, from 0
 */
record MethodStyle(String label, int index) {
    /** Styles that are the same in every report; methods without one take the next ones as they appear. */
    private static final int KNOWN = 5;

    static MethodStyle of(String method, Results results) {
        return new MethodStyle(label(method, results.objectives()), index(method, results));
    }

    /** The name of an objective as people write it. */
    static String objective(String name) {
        return name.equals("sft") ? "SFT" : name;
    }

    /** Whether it is one of the compared methods, and not a run that they are measured against. */
    static boolean isMethod(String method) {
        return !method.equals("reference") && !method.startsWith("optimum-");
    }

    /** The colour, as {@code #rrggbb}. */
    String colour() {
        return String.format(Locale.ROOT, "#%06x", LossSpaceChart.colour(index).getRGB() & 0xFFFFFF);
    }

    private static String label(String method, List<String> objectives) {
        for (var objective : objectives) {
            if (method.equals("sequential-" + objective + "-first")) {
                return "Sequential, " + objective(objective) + " first";
            }
            if (method.equals("optimum-" + objective)) {
                return "Optimum of " + objective(objective);
            }
        }
        return switch (method) {
            case "mix" -> "Mix";
            case "alright" -> "ALRIGHT";
            case "maxright" -> "MAXRIGHT";
            case "reference" -> "Reference";
            default -> method;
        };
    }

    private static int index(String method, Results results) {
        var others = results.methods().stream()
                .filter(name -> isMethod(name) && known(name, results.objectives()) == KNOWN)
                .toList();
        var known = known(method, results.objectives());
        return known == KNOWN ? KNOWN + Math.max(0, others.indexOf(method)) : known;
    }

    private static int known(String method, List<String> objectives) {
        return switch (method) {
            case "mix" -> 2;
            case "alright" -> 3;
            case "maxright" -> 4;
            default -> {
                if (method.equals("sequential-" + objectives.get(0) + "-first")) {
                    yield 0;
                }
                yield method.startsWith("sequential-") ? 1 : KNOWN;
            }
        };
    }
}
