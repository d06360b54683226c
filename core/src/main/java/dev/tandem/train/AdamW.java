package dev.tandem.train;

import dev.tandem.recipe.OptimizerRecipe;
import dev.tandem.tensor.FlatParameters;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import java.util.List;
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
        this.parameters = parameters;
        this.recipe = recipe;
        this.kernel = owner.own(Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adamw_", ""));
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            this.firstMoment = owner.own(Tensors.zeros(device, parameters.elements()));
            this.secondMoment = owner.own(Tensors.zeros(device, parameters.elements()));
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
            var norm = Tensors.norm(parameters.gradient());
            var limit = recipe.maxGradNorm();
            // the same small number torch.nn.utils.clip_grad_norm_ adds
            var factor = limit / (norm + 1e-6);
            if (limit > 0 && factor < 1) {
                parameters.gradient().mul_(new Scalar(factor));
            }
            return norm;
        }
    }

    /** One update with the gradients as they are. */
    public void step(double learningRate) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            stepCount.add_(new Scalar(1.0));
            var decayed = parameters.decayedElements();
            update(learningRate, recipe.weightDecay(), 0, decayed);
            update(learningRate, 0.0, decayed, parameters.elements() - decayed);
        }
    }

    /** Forgets all moments: the next step is the first again. */
    public void reset() {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            state().forEach(s -> s.zero_());
        }
    }

    /** First moments {@code [elements]}, second moments {@code [elements]} and the step count {@code []}. */
    public List<Tensor> state() {
        return List.of(firstMoment, secondMoment, stepCount);
    }

    @Override
    public void close() {
        owner.close();
    }

    private void update(double learningRate, double weightDecay, long from, long count) {
        if (count == 0) {
            return;
        }
        kernel.callBoxed(new IValueVector(
                list(parameters.values().narrow(0, from, count)),
                list(parameters.gradient().narrow(0, from, count)),
                list(firstMoment.narrow(0, from, count)),
                list(secondMoment.narrow(0, from, count)),
                list(), // no AMSGrad
                list(stepCount),
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

    private static IValue list(Tensor... tensors) {
        return new IValue(new GenericList(new TensorList(new TensorVector(tensors))));
    }
}
