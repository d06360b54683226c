package dev.tandem.spark.tokens;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.tandem.data.encoding.TokenRow;
import dev.tandem.data.example.RowShape;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Columns of the tokens format in Spark's types. */
final class TokenSchema {
    private TokenSchema() {}

    /** @param shape what the rows provide */
    static StructType of(RowShape shape) {
        var ids = createArrayType(IntegerType, false);
        var spans = createArrayType(ids, false);
        if (shape == RowShape.PAIR) {
            return new StructType()
                    .add("prompt_ids", ids, false)
                    .add("chosen_ids", ids, false)
                    .add("rejected_ids", ids, false)
                    .add("chosen_trained", spans, true)
                    .add("rejected_trained", spans, true);
        }
        var single = new StructType()
                .add("input_ids", ids, false)
                .add("prompt_length", IntegerType, false)
                .add("trained", spans, true);
        return shape == RowShape.LABELLED ? single.add("label", BooleanType, false) : single;
    }

    /** A row of these columns. */
    static Row row(TokenRow row) {
        if (row instanceof TokenRow.Single one) {
            var ids = list(one.inputIds());
            return one.label().isPresent()
                    ? RowFactory.create(
                            ids,
                            one.promptLength(),
                            spans(one.trained()),
                            one.label().getAsDouble() > 0)
                    : RowFactory.create(ids, one.promptLength(), spans(one.trained()));
        }
        var pair = (TokenRow.Pair) row;
        return RowFactory.create(
                list(pair.promptIds()),
                list(pair.chosenIds()),
                list(pair.rejectedIds()),
                spans(pair.chosenTrained()),
                spans(pair.rejectedTrained()));
    }

    /** Spark accepts only Scala's sequences. */
    private static Seq<Integer> list(int[] ids) {
        return CollectionConverters.asScala(Arrays.stream(ids).boxed().toList());
    }

    /** Null where everything is trained, as the format defines it. */
    private static @Nullable Object spans(List<TokenRow.Span> spans) {
        return spans.isEmpty()
                ? null
                : CollectionConverters.asScala(spans.stream()
                        .map(span -> list(new int[] {span.from(), span.to()}))
                        .toList());
    }
}
