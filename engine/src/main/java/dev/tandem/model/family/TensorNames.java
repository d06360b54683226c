package dev.tandem.model.family;

import dev.tandem.model.config.ModelSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a checkpoint calls the parameters of a model. Besides their own names, files have those of the inner model, without
 * its prefix ({@code layers.0.…} for {@code model.layers.0.…}), those of a wrapped module ({@code _orig_mod.…}), and a second
 * name for the head of some families.
 */
public final class TensorNames {
    /** Names that torch.compile, FSDP and activation checkpointing put around a module's own. */
    private static final List<String> WRAPPERS =
            List.of("_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module.");

    /** Put in front of all names by DataParallel. */
    private static final String PARALLEL = "module.";

    /** The second name of the head by model type, as transformers 5 reads it. */
    private static final Map<String, String> HEADS = Map.of("gpt_neox", "lm_head.weight");

    private final ModelSpec spec;
    private final String base;

    /** Stored names by the names without what wrappers add. */
    private final Map<String, String> unwrapped = new LinkedHashMap<>();

    /**
     * The names in a checkpoint.
     *
     * @param stored names of all its tensors
     */
    public TensorNames(ModelSpec spec, Set<String> stored) {
        this.spec = spec;
        var embedding = spec.embedding().weight().name();
        this.base = embedding.substring(0, embedding.indexOf('.') + 1);
        var parallel = !stored.isEmpty() && stored.stream().allMatch(name -> name.startsWith(PARALLEL));
        for (var name : stored) {
            unwrapped.putIfAbsent(unwrapped(parallel ? name.substring(PARALLEL.length()) : name), name);
        }
        // a name that needs no change decides
        stored.forEach(name -> unwrapped.put(name, name));
    }

    private static String unwrapped(String name) {
        var result = name;
        for (var wrapper : WRAPPERS) {
            result = result.replace(wrapper, "");
        }
        return result;
    }

    /**
     * The stored name of a parameter; absent if the checkpoint does not have it.
     *
     * @param parameter its own name
     */
    public Optional<String> stored(String parameter) {
        var embedding = spec.embedding().weight().name();
        // a tied pair may be stored under either name
        return own(parameter)
                .or(() -> parameter.equals(embedding) && spec.head().tied() ? head() : Optional.empty());
    }

    /** The stored name of the head's own matrix, whether or not it is tied. */
    public Optional<String> head() {
        return own(spec.head().weight().name());
    }

    private Optional<String> own(String parameter) {
        var isHead = parameter.equals(spec.head().weight().name());
        var second = isHead ? Optional.ofNullable(HEADS.get(spec.modelType())) : Optional.<String>empty();
        var inner =
                parameter.startsWith(base) ? Optional.of(parameter.substring(base.length())) : Optional.<String>empty();
        return Stream.of(Optional.of(parameter), second, inner)
                .flatMap(Optional::stream)
                .map(name -> Optional.ofNullable(unwrapped.get(name)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Something that all names begin with although the model's do not; absent if there is no such prefix. */
    public Optional<String> strangePrefix() {
        var embedding = spec.embedding().weight().name();
        return unwrapped.keySet().stream()
                .filter(name -> name.endsWith("." + embedding))
                .map(name -> name.substring(0, name.length() - embedding.length()))
                .findFirst();
    }
}
