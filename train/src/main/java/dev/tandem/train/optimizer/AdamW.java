package dev.tandem.train.optimizer;

import dev.tandem.distributed.Collective;
import dev.tandem.recipe.OptimizerRecipe;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.flat.FlatParameters;
import dev.tandem.tensor.flat.FlatParameters.Owned;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorList;
import org.bytedeco.pytorch.TensorVector;

/**
 * AdamW with decoupled weight decay (Loshchilov and Hutter, 2019, arXiv 1711.05101) on flat float32 buffers, by
 * libtorch's fused kernel ({@code aten::_fused_adamw_}, which {@code torch.optim.AdamW(fused=True)} uses).
 */
public final class AdamW implements AutoCloseable {
    private final FlatParameters parameters;
    private final OptimizerRecipe recipe;
    private final Collective ranks;
    private final TensorOwner owner = new TensorOwner();
    private final Tensor firstMoment;
    private final Tensor secondMoment;
    private final Tensor stepCount;
    private final OperatorHandle kernel;

    /**
     * An optimizer whose moments are zero.
     *
     * @param parameters what it changes, by their gradients
     * @param recipe β₁, β₂, ε, weight decay and the largest gradient norm
     * @param device where the parameters are
     */
    public AdamW(FlatParameters parameters, OptimizerRecipe recipe, Device device) {
        this(parameters, recipe, device, Collective.single());
    }

    /**
     * An optimizer of several ranks whose moments are zero.
     *
     * @param ranks that each update what they {@linkplain FlatParameters#owned own}
     */
    public AdamW(FlatParameters parameters, OptimizerRecipe recipe, Device device, Collective ranks) {
        this.ranks = ranks;
        this.parameters = parameters;
        this.recipe = recipe;
        this.kernel = owner.own(Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adamw_", ""));
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            this.firstMoment = owner.own(Tensors.zeros(device, parameters.ownedElements()));
            this.secondMoment = owner.own(Tensors.zeros(device, parameters.ownedElements()));
            this.stepCount = owner.own(Tensors.zeros(device));
        }
    }

    /**
     * Scales the gradient down to the recipe's largest norm, if it is larger.
     *
     * @return the L2 norm of the whole gradient before scaling
     */
    public double clipGradient() {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var owned = parameters.owned();
            var norm = norm(owned);
            var limit = recipe.maxGradNorm();
            // the same small number torch.nn.utils.clip_grad_norm_ adds
            var factor = limit / (norm + 1e-6);
            if (limit > 0 && factor < 1) {
                owned.forEach(part -> part.gradient().mul_(new Scalar(factor)));
            }
            return norm;
        }
    }

    private double norm(List<Owned> owned) {
        if (!parameters.split().optimizer()) {
            return Tensors.norm(parameters.gradient());
        }
        var squares = owned.stream()
                .mapToDouble(part -> Tensors.norm(part.gradient()))
                .map(norm -> norm * norm)
                .sum();
        return Math.sqrt(ranks.allReduce(new double[] {squares})[0]);
    }

    /** One update with the gradients as they are. */
    public void step(double learningRate) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            stepCount.add_(new Scalar(1.0));
            var owned = parameters.owned().stream().collect(Collectors.partitioningBy(Owned::decays));
            owned.forEach((decays, parts) -> update(learningRate, decays ? recipe.weightDecay() : 0.0, parts));
        }
    }

    /** Resets all moments: the next step is the first again. */
    public void reset() {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            state().forEach(s -> s.zero_());
        }
    }

    /**
     * First and second moments of what this rank owns, {@code [elements]}, in the order of its share, and the step count
     * {@code []}.
     */
    public List<Tensor> state() {
        return List.of(firstMoment, secondMoment, stepCount);
    }

    @Override
    public void close() {
        owner.close();
    }

    private void update(double learningRate, double weightDecay, List<Owned> parts) {
        if (parts.isEmpty()) {
            return;
        }
        kernel.callBoxed(new IValueVector(
                list(parts, Owned::values),
                list(parts, Owned::gradient),
                list(parts, part -> momentOf(firstMoment, part)),
                list(parts, part -> momentOf(secondMoment, part)),
                list(List.of(), Owned::values), // no AMSGrad
                list(parts, part -> stepCount),
                new IValue(learningRate),
                new IValue(recipe.betas().get(0)),
                new IValue(recipe.betas().get(1)),
                new IValue(weightDecay),
                new IValue(recipe.eps()),
                new IValue(false), // amsgrad
                new IValue(false), // maximize
                new IValue(), // grad_scale
                new IValue())); // found_inf
    }

    private static Tensor momentOf(Tensor moments, Owned part) {
        return moments.narrow(0, part.offset(), part.values().numel());
    }

    private static IValue list(List<Owned> parts, Function<Owned, Tensor> tensor) {
        var tensors = parts.stream().map(tensor).toArray(Tensor[]::new);
        return new IValue(new GenericList(new TensorList(new TensorVector(tensors))));
    }
}
