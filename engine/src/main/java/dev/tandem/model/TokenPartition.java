package dev.tandem.model;

import dev.tandem.model.attention.QkvProjection.Qkv;
import dev.tandem.tensor.parallel.IntraOpPool;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * How the tokens of a pass are divided among threads. If there are many, they are partitioned, and each thread takes
 * its tokens through everything that does not depend on other tokens. If there are few, they stay together and threads
 * share every single product, because a product then costs as much as reading its weights.
 */
sealed interface TokenPartition {
    /** With fewer tokens per thread, reading the weights more often costs more than it saves. */
    int MIN = 32;

    /** A block consists of several operations, each of which must be worth sharing. */
    int WORKS = 10;

    /** A computation with some of the tokens. */
    interface Part<T> {
        /**
         * @param x rows of the tokens, {@code [tokens, hidden]}
         * @param from index of the first token
         */
        T of(Tensor x, long from);
    }

    /** Heads of all tokens. */
    Qkv heads(Tensor x, Part<Qkv> part);

    /** Rows of all tokens, {@code [tokens, hidden]}. */
    Tensor rows(Tensor x, Part<Tensor> part);

    /**
     * A partition of that many tokens.
     *
     * @param products number of multiplications of a block with one token
     */
    static TokenPartition of(Optional<IntraOpPool> team, int tokens, long products) {
        return team.filter(t -> tokens >= MIN * t.size() && t.isWorthSharing(tokens * products / WORKS))
                .<TokenPartition>map(Parted::new)
                .orElseGet(Whole::new);
    }

    /** All tokens together. */
    record Whole() implements TokenPartition {
        @Override
        public Qkv heads(Tensor x, Part<Qkv> part) {
            return part.of(x, 0);
        }

        @Override
        public Tensor rows(Tensor x, Part<Tensor> part) {
            return part.of(x, 0);
        }
    }

    /** A share for each thread of a team. */
    record Parted(IntraOpPool team) implements TokenPartition {
        @Override
        public Qkv heads(Tensor x, Part<Qkv> part) {
            var first = part.of(x.narrow(0, 0, 1), 0);
            var all = new Qkv(like(first.query(), x), like(first.key(), x), like(first.value(), x));
            each(x, (rows, from) -> {
                var some = part.of(rows, from);
                put(some.query(), all.query(), from);
                put(some.key(), all.key(), from);
                put(some.value(), all.value(), from);
            });
            return all;
        }

        @Override
        public Tensor rows(Tensor x, Part<Tensor> part) {
            var all = x.new_empty(x.shape());
            each(x, (rows, from) -> put(part.of(rows, from), all, from));
            return all;
        }

        private interface Work {
            void accept(Tensor rows, long from);
        }

        private void each(Tensor x, Work work) {
            var tokens = x.size(0);
            team.run(i -> {
                var from = tokens * i / team.size();
                var to = tokens * (i + 1) / team.size();
                work.accept(x.narrow(0, from, to - from), from);
            });
        }

        /** Allocates the rows of all tokens, with the shape of one part as the pattern. */
        private static Tensor like(Tensor row, Tensor x) {
            return row.new_empty(x.size(0), row.size(1), row.size(2));
        }

        private static void put(Tensor some, Tensor all, long from) {
            all.narrow(0, from, some.size(0)).copy_(some);
        }
    }
}
