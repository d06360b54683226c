package dev.tandem.bench.naive;

import dev.tandem.data.example.Example;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.BlasThreads;
import dev.tandem.train.optimizer.AdamW;
import dev.tandem.train.policy.Policy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Trains the way that is easiest to write: padded batches, {@code [rows, longest, vocabulary]} logits through autograd
 * with a float32 log-softmax, chosen and rejected responses as rows of their own, and the reference model's forward pass
 * at every preference step. Same weights, same losses and same optimizer as the engine; {@code --baseline naive} measures
 * it.
 */
public final class NaiveTrainer implements AutoCloseable {
    private final TensorOwner frozen = new TensorOwner();
    private final Policy policy;
    private final AdamW optimizer;
    private final double learningRate;
    private final double beta;
    private final NaiveModel model;
    private final NaiveModel reference;
    private final ScalarType type;
    private final int threads;

    /**
     * @param type dtype of weights and activations
     * @param threads of every matrix product
     */
    public NaiveTrainer(
            Policy policy, AdamW optimizer, double learningRate, double beta, ScalarType type, int threads) {
        this.policy = policy;
        this.optimizer = optimizer;
        this.learningRate = learningRate;
        this.beta = beta;
        this.type = type;
        this.threads = threads;
        var spec = policy.model().spec();
        var weights = policy.model().tensors();
        this.model = new NaiveModel(spec, weights, type, policy.adapter());
        // without an adapter training changes the weights themselves, and the reference needs its own
        this.reference =
                new NaiveModel(spec, policy.adapter().isPresent() ? weights : copies(weights), type, Optional.empty());
    }

    private Map<String, Tensor> copies(Map<String, Tensor> weights) {
        var result = new LinkedHashMap<String, Tensor>();
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            weights.forEach((name, weight) ->
                    result.put(name, frozen.own(weight.detach().to(type).clone())));
        }
        return result;
    }

    /** One step on instructions. @return the mean of −log p over trained tokens, before the update */
    public double sftStep(List<Example> batch) {
        return step(NaiveBatch.of(sequences(batch, 0)), this::sftLoss);
    }

    /** One step on pairs. @return the DPO loss, before the update */
    public double preferenceStep(List<Example> batch) {
        var rows = new ArrayList<>(sequences(batch, 0));
        rows.addAll(sequences(batch, 1));
        return step(NaiveBatch.of(rows), this::dpoLoss);
    }

    private interface Loss {
        Tensor of(NaiveBatch batch, Tensor ids, Tensor mask, Tensor trained);
    }

    private double step(NaiveBatch batch, Loss loss) {
        // faster for it than one thread, which is what the engine's threads need
        try (var scope = new PointerScope();
                var blas = new BlasThreads(threads)) {
            var device = policy.model().device();
            var ids = Tensors.of(batch.ids(), device).view(batch.rows(), batch.longest());
            var mask = Tensors.of(batch.mask(), device, batch.rows(), batch.longest())
                    .to(type);
            var trained = Tensors.of(batch.trained(), device, batch.rows(), batch.longest() - 1L);
            policy.parameters().zeroGradient();
            var value = loss.of(batch, ids, mask, trained);
            value.backward(new Tensor(), new BoolOptional(), false, new TensorArrayRefOptional());
            optimizer.clipGradient();
            optimizer.step(learningRate);
            return Tensors.scalar(value);
        }
    }

    private Tensor sftLoss(NaiveBatch batch, Tensor ids, Tensor mask, Tensor trained) {
        var logProbs = batch.tokenLogProbs(model.logits(ids, mask), ids);
        return logProbs.mul(trained).sum().div(trained.sum()).neg();
    }

    private Tensor dpoLoss(NaiveBatch batch, Tensor ids, Tensor mask, Tensor trained) {
        var pairs = batch.rows() / 2;
        var policySums = sums(model, batch, ids, mask, trained);
        Tensor referenceSums;
        try (var guard = new NoGradGuard()) {
            referenceSums = sums(reference, batch, ids, mask, trained);
        }
        var ratios = policySums.sub(referenceSums);
        var margin = ratios.narrow(0, 0, pairs).sub(ratios.narrow(0, pairs, pairs));
        return torch.log_sigmoid(margin.mul(new Scalar(beta))).mean().neg();
    }

    private static Tensor sums(NaiveModel model, NaiveBatch batch, Tensor ids, Tensor mask, Tensor trained) {
        return batch.tokenLogProbs(model.logits(ids, mask), ids).mul(trained).sum(1);
    }

    private static List<TokenSequence> sequences(List<Example> batch, int which) {
        return batch.stream().map(e -> e.sequences().get(which)).toList();
    }

    @Override
    public void close() {
        frozen.close();
    }
}
