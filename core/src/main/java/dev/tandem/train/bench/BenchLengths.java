package dev.tandem.train.bench;

import dev.tandem.AtomicFiles;
import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lengths of the examples, in tokens.
 *
 * @param sft prompt and response lengths of every instruction
 * @param preference prompt, chosen and rejected response lengths of every pair
 */
public record BenchLengths(List<Sft> sft, List<Pair> preference) {
    private static final int LONGEST = 1 << 20;

    /** Tokens of an instruction and its response, at least 1 each. */
    public record Sft(int prompt, int response) {}

    /** Tokens of a prompt and its two responses, at least 1 each. */
    public record Pair(int prompt, int chosen, int rejected) {}

    public BenchLengths {
        sft = List.copyOf(sft);
        preference = List.copyOf(preference);
    }

    /**
     * Ragged lengths like those of instruction and dialogue data: 240 instructions of 20–48 tokens with responses spread
     * evenly over 30–359, 80 pairs with prompts of 60–259 and responses of 20–139.
     */
    public static BenchLengths ragged() {
        var sft = new ArrayList<Sft>();
        for (var i = 0; i < 240; i++) {
            sft.add(new Sft(20 + 7 * (i % 5), 30 + (i * 53) % 330));
        }
        var pairs = new ArrayList<Pair>();
        for (var i = 0; i < 80; i++) {
            pairs.add(new Pair(60 + (i * 37) % 200, 25 + (i * 29) % 110, 20 + (i * 41) % 120));
        }
        return new BenchLengths(sft, pairs);
    }

    /**
     * Lengths of real data.
     *
     * @param shapes shapes of rows: the number of tokens that are not trained, and the trained ones of their one or two
     *     sequences ({@link dev.tandem.data.check.FileFindings#shapes}); rows without a prompt or a response are left
     *     out
     */
    public static BenchLengths of(List<List<Integer>> shapes) {
        var sft = new ArrayList<Sft>();
        var pairs = new ArrayList<Pair>();
        for (var shape : shapes) {
            if (shape.stream().anyMatch(tokens -> tokens < 1)) {
                continue;
            }
            if (shape.size() == 2) {
                sft.add(new Sft(shape.get(0), shape.get(1)));
            } else {
                pairs.add(new Pair(shape.get(0), shape.get(1), shape.get(2)));
            }
        }
        return new BenchLengths(sft, pairs);
    }

    /** Writes the format that {@link #read} reads. */
    public void write(Path file) {
        var content = new LinkedHashMap<String, Object>();
        content.put(
                "sft", sft.stream().map(s -> List.of(s.prompt(), s.response())).toList());
        content.put(
                "preference",
                preference.stream()
                        .map(p -> List.of(p.prompt(), p.chosen(), p.rejected()))
                        .toList());
        AtomicFiles.write(file, JsonMapper.shared().writeValueAsString(content) + "\n");
    }

    /**
     * These lengths limited to {@code most} tokens per sequence: responses are cut, and prompts that leave no space for
     * one.
     */
    public BenchLengths within(int most) {
        return new BenchLengths(
                sft.stream()
                        .map(s -> new Sft(prompt(s.prompt(), most), response(s.prompt(), s.response(), most)))
                        .toList(),
                preference.stream()
                        .map(p -> new Pair(
                                prompt(p.prompt(), most),
                                response(p.prompt(), p.chosen(), most),
                                response(p.prompt(), p.rejected(), most)))
                        .toList());
    }

    private static int prompt(int prompt, int most) {
        return Math.min(prompt, most - 1);
    }

    private static int response(int prompt, int response, int most) {
        return Math.min(response, most - prompt(prompt, most));
    }

    /**
     * Reads {@code {"sft": [[prompt, response], …], "preference": [[prompt, chosen, rejected], …]}}.
     *
     * @throws UserException if the file does not have this format
     */
    public static BenchLengths read(Path file) {
        try {
            var root = JsonMapper.shared().readTree(Files.readString(file));
            return new BenchLengths(
                    rows(file, root, "sft", 2).stream()
                            .map(row -> new Sft(row[0], row[1]))
                            .toList(),
                    rows(file, root, "preference", 3).stream()
                            .map(row -> new Pair(row[0], row[1], row[2]))
                            .toList());
        } catch (JacksonException e) {
            throw new UserException(file + ": is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UserException("Cannot read lengths from " + file + ": " + e.getMessage(), e);
        }
    }

    private static List<int[]> rows(Path file, JsonNode root, String key, int width) {
        var list = root.path(key);
        if (!list.isArray() || list.isEmpty()) {
            throw new UserException(file + ": '" + key + "' is missing or empty. Expected: a list of lists of " + width
                    + " token counts.");
        }
        var rows = new ArrayList<int[]>();
        for (var row : list) {
            rows.add(row(file, row, key + "[" + rows.size() + "]", width));
        }
        return rows;
    }

    private static int[] row(Path file, JsonNode node, String where, int width) {
        var result = new int[width];
        for (var i = 0; i < width; i++) {
            var count = node.path(i);
            if (node.size() != width || !count.isInt() || count.intValue() < 1 || count.intValue() > LONGEST) {
                throw new UserException(file + ": '" + where + "' is not a list of " + width
                        + " token counts, each at least 1 and at most " + LONGEST + ".");
            }
            result[i] = count.intValue();
        }
        return result;
    }
}
