package dev.tandem.bench.naive;

import dev.tandem.data.example.TokenSequence;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Sequences padded to the longest, at the right.
 *
 * @param ids {@code [rows, longest]}, 0 where padded
 * @param mask 1 for a token, 0 for padding, {@code [rows, longest]}
 * @param trained 1 for a trained token, else 0, {@code [rows, longest − 1]}: position t is about token t+1
 * @param rows number of sequences
 * @param longest their padded length
 */
record NaiveBatch(int[] ids, float[] mask, float[] trained, int rows, int longest) {

    static NaiveBatch of(List<TokenSequence> sequences) {
        var rows = sequences.size();
        var longest = sequences.stream().mapToInt(TokenSequence::length).max().orElse(0);
        var ids = new int[rows * longest];
        var mask = new float[rows * longest];
        var trained = new float[rows * (longest - 1)];
        for (var row = 0; row < rows; row++) {
            var sequence = sequences.get(row);
            for (var t = 0; t < sequence.length(); t++) {
                ids[row * longest + t] = sequence.ids()[t];
                mask[row * longest + t] = 1;
                if (t > 0 && sequence.trained()[t]) {
                    trained[row * (longest - 1) + t - 1] = 1;
                }
            }
        }
        return new NaiveBatch(ids, mask, trained, rows, longest);
    }

    /** Log-probs of the next tokens of all positions, from the logits of all, {@code [rows, longest − 1]}. */
    Tensor tokenLogProbs(Tensor logits, Tensor idTensor) {
        var all = logits.narrow(1, 0, longest - 1L).to(ScalarType.Float);
        var targets = idTensor.narrow(1, 1, longest - 1L).unsqueeze(2);
        return torch.log_softmax(all, 2).gather(2, targets).squeeze(2);
    }
}
