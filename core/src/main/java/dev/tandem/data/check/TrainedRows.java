package dev.tandem.data.check;

import dev.tandem.data.RealPaths;
import dev.tandem.data.RowTexts;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The content of the training files checked so far, by objective. */
final class TrainedRows {
    private final Map<String, RowHashes> rows = new HashMap<>();
    private final Map<String, RowHashes> prompts = new HashMap<>();
    private final Set<Path> files = new HashSet<>();

    void addFile(CheckedFile file) {
        files.add(RealPaths.of(file.source().path()));
    }

    boolean hasFile(CheckedFile file) {
        return files.contains(RealPaths.of(file.source().path()));
    }

    void add(String objective, RowTexts row) {
        rows.computeIfAbsent(objective, o -> new RowHashes()).add(row.hash());
        prompts.computeIfAbsent(objective, o -> new RowHashes()).add(row.promptHash());
    }

    boolean hasRow(String objective, RowTexts row) {
        var known = rows.get(objective);
        return known != null && known.contains(row.hash());
    }

    /** Whether any objective trains the prompt. */
    boolean hasPrompt(RowTexts row) {
        var hash = row.promptHash();
        return prompts.values().stream().anyMatch(known -> known.contains(hash));
    }

    /** Whether an objective other than {@code objective} trains the prompt. */
    boolean othersHavePrompt(String objective, RowTexts row) {
        var hash = row.promptHash();
        return prompts.entrySet().stream()
                .anyMatch(e -> !e.getKey().equals(objective) && e.getValue().contains(hash));
    }

    boolean complete() {
        return rows.values().stream().noneMatch(RowHashes::full);
    }
}
