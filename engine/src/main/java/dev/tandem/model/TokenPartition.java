package dev.tandem.model;

import dev.tandem.model.attention.QkvProjection.Qkv;
import dev.tandem.tensor.parallel.IntraOpPool;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * How the tokens of a pass are shared out. Many are parted, and each thread takes its own through all that needs no other
 * tokens. Few stay together: every product is then shared by itself, for they cost what reading the weights does.
 */
sealed interface TokenPartition {
    /** Fewer tokens of a thread would read the weights more often than they save. */
    int MIN = 32;

    /** A block is several works, each to be worth it. */
    int WORKS = 10;

    /** A computation with some of the tokens. */
    interface Part<T> {
        /**
         * @param x rows of the tokens, {@code [tokens, hidden]}
         * @param from number of the first
         */
        T of(Tensor x, long from);
    }

    /** Heads of all tokens. */
    Qkv heads(Tensor x, Part<Qkv> part);

    /** Rows of all tokens, {@code [tokens, hidden]}. */
    Tensor rows(Tensor x, Part<Tensor> part);

    /**
     * For so many tokens.
     *
     * @param products multiplications of a block with one of them
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

        /** Room for the rows of all tokens, after the pattern of one. */
        private static Tensor like(Tensor row, Tensor x) {
            return row.new_empty(x.size(0), row.size(1), row.size(2));
        }

        private static void put(Tensor some, Tensor all, long from) {
            all.narrow(0, from, some.size(0)).copy_(some);
        }
    }
}
