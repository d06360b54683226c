package dev.tandem.model.config;

import java.util.List;
import java.util.stream.Stream;

/**
 * A block of the decoder.
 *
 * @param attention first sublayer
 * @param feedForward reads the residual stream after attention, or the block's input if parallel
 * @param parallel attention and feed-forward both read the block's input (GPT-NeoX)
 * @param residualScale factor of what each sublayer adds to the residual stream; 1 in most families
 */
public record BlockSpec(
        Sublayer<AttentionSpec> attention,
        Sublayer<FeedForwardSpec> feedForward,
        boolean parallel,
        double residualScale)
        implements ModuleSpec {

    /** The usual block: feed-forward after attention, both added unscaled. */
    public static BlockSpec sequential(Sublayer<AttentionSpec> attention, Sublayer<FeedForwardSpec> feedForward) {
        return new BlockSpec(attention, feedForward, false, 1);
    }

    /** Its norms of the residual stream and of what is added to it: two in most families, four in Gemma. */
    public List<NormSpec> norms() {
        return Stream.concat(attention.norms().stream(), feedForward.norms().stream())
                .toList();
    }

    @Override
    public List<ParameterSpec> parameters() {
        return Stream.concat(attention.parameters().stream(), feedForward.parameters().stream())
                .toList();
    }

    @Override
    public List<LinearSpec> linears() {
        return Stream.concat(attention.linears().stream(), feedForward.linears().stream())
                .toList();
    }

    @Override
    public List<List<LinearSpec>> sharingInput() {
        return Stream.concat(attention.sharingInput().stream(), feedForward.sharingInput().stream())
                .toList();
    }
}
